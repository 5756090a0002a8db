"""What paths are filled with: a file for each kind of part, and `LayerFactory`, which makes layers of them."""

from depthlab.nn.parts.activations import ACTIVATIONS, gain_of
from depthlab.nn.parts.convolutions import CONVOLUTIONS, ChannelShuffle, Shape, build_convolution
from depthlab.nn.parts.excitation import Excitation
from depthlab.nn.parts.initializations import INITIALIZATIONS, initialize_as
from depthlab.nn.parts.layer_factory import LayerFactory
from depthlab.nn.parts.layers import named
from depthlab.nn.parts.normalizations import NORMALIZATIONS, ChannelNorm, group_count
from depthlab.nn.parts.pooling import POOLS, Halving, Window
from depthlab.nn.parts.slots import LEAST, NAMES, SLOTS, Parts

__all__ = [
    "ACTIVATIONS",
    "CONVOLUTIONS",
    "INITIALIZATIONS",
    "LEAST",
    "NAMES",
    "NORMALIZATIONS",
    "POOLS",
    "SLOTS",
    "ChannelNorm",
    "ChannelShuffle",
    "Excitation",
    "Halving",
    "LayerFactory",
    "Parts",
    "Shape",
    "Window",
    "build_convolution",
    "gain_of",
    "group_count",
    "initialize_as",
    "named",
]
