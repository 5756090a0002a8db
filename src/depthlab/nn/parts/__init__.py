"""The parts of units: one file for each kind of part, and `LayerFactory`, which builds layers from them."""

from depthlab.nn.parts.activations import ACTIVATIONS, activation_gain
from depthlab.nn.parts.convolutions import CONVOLUTIONS, ChannelShuffle, ConvolutionShape, build_convolution
from depthlab.nn.parts.excitation import Excitation
from depthlab.nn.parts.initializations import INITIALIZATIONS, initialize_as
from depthlab.nn.parts.layer_factory import LayerFactory
from depthlab.nn.parts.layers import sequential
from depthlab.nn.parts.normalizations import NORMALIZATIONS, ChannelNorm, group_count
from depthlab.nn.parts.pooling import POOLS, Downsampling, PoolingWindow
from depthlab.nn.parts.slots import CHOICES, MINIMUM, SLOTS, Parts

__all__ = [
    "ACTIVATIONS",
    "CHOICES",
    "CONVOLUTIONS",
    "INITIALIZATIONS",
    "MINIMUM",
    "NORMALIZATIONS",
    "POOLS",
    "SLOTS",
    "ChannelNorm",
    "ChannelShuffle",
    "ConvolutionShape",
    "Downsampling",
    "Excitation",
    "LayerFactory",
    "Parts",
    "PoolingWindow",
    "activation_gain",
    "build_convolution",
    "group_count",
    "initialize_as",
    "sequential",
]
