"""The plain layers that paths are filled with."""

from collections import OrderedDict

from torch import nn


def named(**layers: nn.Module) -> nn.Sequential:
    """Return the layers in sequence, each under its own name instead of a number."""
    return nn.Sequential(OrderedDict(layers))


def convolution(
    in_channels: int,
    out_channels: int,
    *,
    kernel_size: int | tuple[int, int],
    stride: int = 1,
    groups: int = 1,
    bias: bool = False,
) -> nn.Conv2d:
    """Return a convolution of odd kernel size that keeps H and W but for the stride: ceil(H / stride).

    Without a bias, as a batch norm mostly follows.
    """
    height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    return nn.Conv2d(
        in_channels,
        out_channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=(height // 2, width // 2),
        groups=groups,
        bias=bias,
    )


def halving_pool() -> nn.MaxPool2d:
    """Return 2x2 max pooling that halves H and W, rounded up, so that it takes images of any size: 1 stays 1."""
    return nn.MaxPool2d(kernel_size=2, stride=2, ceil_mode=True)
