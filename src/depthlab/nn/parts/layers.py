"""Layers one after the other, by name."""

from collections import OrderedDict

from torch import nn


def named(**layers: nn.Module) -> nn.Sequential:
    """Return the layers in sequence, each under its own name instead of a number."""
    return nn.Sequential(OrderedDict(layers))
