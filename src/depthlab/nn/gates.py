"""Weighted paths: constant factors, and learned gates."""

from functools import reduce
from typing import final

import torch
from torch import Tensor, nn

from depthlab.nn.paths import Parallel


@final
class Product(Parallel):
    """Paths whose outputs are multiplied, such as a value and its gate; all outputs have the same shape."""

    def merge(self, outputs: list[Tensor]) -> Tensor:
        return reduce(torch.mul, outputs)


@final
class ConstantScale(nn.Module):
    """Multiply by a constant. Maps (N, ...) to the same shape."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor

    def extra_repr(self) -> str:
        return f"{self.factor:g}"


@final
class ChannelSlice(nn.Module):
    """Select the channels from `start` up to `stop`: (N, C, H, W) to (N, stop - start, H, W)."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__()
        assert 0 <= start < stop
        self.start, self.stop = start, stop

    def forward(self, x: Tensor) -> Tensor:
        return x[:, self.start : self.stop]

    def extra_repr(self) -> str:
        return f"{self.start}, {self.stop}"


@final
class Gate(nn.Conv2d):
    """The logits of a gate, W x + b at every pixel: (N, in, H, W) to (N, out, H / stride, W / stride).

    The gate is g = sigmoid(logits), and 1 - g = sigmoid(-logits) (Srivastava et al. 2015, "Highway Networks", arXiv
    1505.00387, eq. 3).
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int = 1) -> None:
        super().__init__(in_channels, out_channels, kernel_size=1, stride=stride)

    def initialize_bias(self, bias: float) -> None:
        """Set the bias, which decides how far the gate is open at the start of training."""
        assert self.bias is not None
        nn.init.constant_(self.bias, bias)
