"""What paths are filled with."""

from collections import OrderedDict

from torch import nn


def named(**layers: nn.Module) -> nn.Sequential:
    """Return the layers in sequence, each under its own name instead of a number."""
    return nn.Sequential(OrderedDict(layers))


def convolution(in_channels: int, out_channels: int, *, kernel_size: int, stride: int = 1) -> nn.Conv2d:
    """Return a convolution that keeps H and W but for the stride; no bias, since a batch norm follows."""
    return nn.Conv2d(
        in_channels, out_channels, kernel_size=kernel_size, stride=stride, padding=kernel_size // 2, bias=False
    )
