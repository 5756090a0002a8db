"""The vocabulary that networks are written in, and what can be asked of any of them."""

from depthlab.nn.cost import Cost, measure_cost
from depthlab.nn.drop import DropPath, linear_drop_rates
from depthlab.nn.fixed_size import FixedSize
from depthlab.nn.gates import Gate, Product, Scale, Take
from depthlab.nn.grid_pool import GridPool
from depthlab.nn.initialize import initialize
from depthlab.nn.locally_connected import LocallyConnected2d
from depthlab.nn.modes import evaluating
from depthlab.nn.network import Network
from depthlab.nn.parts import convolution, halving_pool, named
from depthlab.nn.paths import Concat, Parallel, Sum
from depthlab.nn.predictor import Predictor
from depthlab.nn.receptive_field import measure_receptive_field
from depthlab.nn.response_norm import LocalResponseNorm
from depthlab.nn.skips import PadSkip, projection

__all__ = [
    "Concat",
    "Cost",
    "DropPath",
    "FixedSize",
    "Gate",
    "GridPool",
    "LocalResponseNorm",
    "LocallyConnected2d",
    "Network",
    "PadSkip",
    "Parallel",
    "Predictor",
    "Product",
    "Scale",
    "Sum",
    "Take",
    "convolution",
    "evaluating",
    "halving_pool",
    "initialize",
    "linear_drop_rates",
    "measure_cost",
    "measure_receptive_field",
    "named",
    "projection",
]
