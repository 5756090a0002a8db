"""The building blocks of networks, and what can be measured on any network."""

from depthlab.nn.active_units import ActiveUnits, scale_branches, units_with_skip
from depthlab.nn.cost import Cost, measure_cost
from depthlab.nn.drop import DropPath, linear_drop_rates
from depthlab.nn.fixed_size import FixedSize
from depthlab.nn.gates import ChannelSlice, ConstantScale, Gate, Product
from depthlab.nn.grid_pool import GridPool
from depthlab.nn.initialize import initialize
from depthlab.nn.locally_connected import LocallyConnected2d
from depthlab.nn.meta import on_meta_device
from depthlab.nn.modes import evaluating
from depthlab.nn.network import Network
from depthlab.nn.parts import (
    ChannelNorm,
    ChannelShuffle,
    Downsampling,
    Excitation,
    LayerFactory,
    Parts,
    PoolingWindow,
    sequential,
)
from depthlab.nn.paths import Concat, Parallel, Sum
from depthlab.nn.predictor import Predictor
from depthlab.nn.receptive_field import ReceptiveField, measure_receptive_field, trace_receptive_fields
from depthlab.nn.response_norm import LocalResponseNorm
from depthlab.nn.skips import PadSkip

__all__ = [
    "ActiveUnits",
    "ChannelNorm",
    "ChannelShuffle",
    "ChannelSlice",
    "Concat",
    "ConstantScale",
    "Cost",
    "Downsampling",
    "DropPath",
    "Excitation",
    "FixedSize",
    "Gate",
    "GridPool",
    "LayerFactory",
    "LocalResponseNorm",
    "LocallyConnected2d",
    "Network",
    "PadSkip",
    "Parallel",
    "Parts",
    "PoolingWindow",
    "Predictor",
    "Product",
    "ReceptiveField",
    "Sum",
    "evaluating",
    "initialize",
    "linear_drop_rates",
    "measure_cost",
    "measure_receptive_field",
    "on_meta_device",
    "scale_branches",
    "sequential",
    "trace_receptive_fields",
    "units_with_skip",
]
