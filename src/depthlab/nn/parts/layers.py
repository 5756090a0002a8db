"""Named layers in sequence."""

from collections import OrderedDict

from torch import nn


def sequential(**layers: nn.Module) -> nn.Sequential:
    """Return an `nn.Sequential` of the layers, each under its own name instead of a number."""
    return nn.Sequential(OrderedDict(layers))
