"""Activation functions by name, and the gain that preserves the scale of features through each."""

import math
from collections.abc import Callable

from torch import nn

# PyTorch's, with its default constants. Only prelu has weights, and only rrelu draws random numbers.
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,  # Nair & Hinton 2010
    "relu6": nn.ReLU6,  # Krizhevsky 2010: min(relu, 6)
    "leaky_relu": nn.LeakyReLU,  # Maas et al. 2013: slope 0.01 below 0
    "prelu": nn.PReLU,  # He et al. 2015 (arXiv 1502.01852): that slope is learned, one for each layer, from 0.25 on
    "rrelu": nn.RReLU,  # Xu et al. 2015 (arXiv 1505.00853): that slope is drawn in training, from 1/8 to 1/3
    "elu": nn.ELU,  # Clevert et al. 2016 (arXiv 1511.07289)
    "celu": nn.CELU,  # Barron 2017 (arXiv 1704.07483)
    "selu": nn.SELU,  # Klambauer et al. 2017 (arXiv 1706.02515)
    "gelu": nn.GELU,  # Hendrycks & Gimpel 2016 (arXiv 1606.08415)
    "silu": nn.SiLU,  # the same; as swish, Ramachandran et al. 2017 (arXiv 1710.05941)
    "mish": nn.Mish,  # Misra 2019 (arXiv 1908.08681)
    "hardswish": nn.Hardswish,  # Howard et al. 2019 (arXiv 1905.02244)
    "softplus": nn.Softplus,  # Dugas et al. 2001
    "softsign": nn.Softsign,  # Bergstra et al. 2009
    "tanh": nn.Tanh,  # LeCun et al. 1998
    "hardtanh": nn.Hardtanh,  # Collobert 2004
    "sigmoid": nn.Sigmoid,  # Rumelhart et al. 1986
    "hardsigmoid": nn.Hardsigmoid,  # Courbariaux et al. 2015
}

_SLOPES = {"leaky_relu": 0.01, "prelu": 0.25, "rrelu": (1 / 8 + 1 / 3) / 2}  # below 0: the initial or the mean slope


def activation_gain(activation: str) -> float:
    """Return the factor on the weights that preserves the scale of features through the activation.

    It is sqrt(2 / (1 + a^2)) for a ReLU with slope a below 0 (He et al. 2015, eq. 15; a is 0 for ReLU), 5/3 for tanh,
    3/4 for selu and 1 for sigmoid, as in PyTorch; there is no standard for the others, which get ReLU's.
    """
    standard = {"tanh": 5 / 3, "selu": 3 / 4, "sigmoid": 1.0}
    slope = _SLOPES.get(activation, 0.0)
    return standard.get(activation, math.sqrt(2 / (1 + slope**2)))
