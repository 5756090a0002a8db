"""A locally connected layer: a convolution whose positions share no weights."""

import math
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional


@final
class LocallyConnected2d(nn.Module):
    """Connect every position to its patch by its own weights (LeCun 1989, "local connections" without sharing).

        y[n, o, i, j] = sum over c, a, b of weight[i, j, o, c, a, b] * x[n, c, stride * i + a, stride * j + b]

    on an `x` padded with zeros; a convolution has the same weights at every (i, j). Maps (N, in_channels, S, S), where
    S is `input_size`, to (N, out_channels, T, T) with T = (S + 2 * padding - kernel_size) // stride + 1. It has the
    multiply-adds of that convolution and T * T times its weights; with `bias`, a bias for each position too.

    Besides the weights, training keeps the patches for the backward pass: kernel_size^2 / stride^2 times the input.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        input_size: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        bias: bool = False,
    ) -> None:
        super().__init__()
        side = (input_size + 2 * padding - kernel_size) // stride + 1
        assert side >= 1, "the kernel is larger than its input"
        self.in_channels, self.out_channels = in_channels, out_channels
        self.input_size, self.output_size = input_size, side
        self.kernel_size, self.stride, self.padding = (kernel_size, kernel_size), (stride, stride), padding
        # Six axes: weight[i, j] is the weight of an nn.Conv2d, and no memory format reorders it.
        self.weight = nn.Parameter(torch.empty(side, side, out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels, side, side)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights as nn.Conv2d does by default: uniform within 1 / sqrt(in_channels * kernel_size^2)."""
        bound = 1.0 / math.sqrt(self.in_channels * math.prod(self.kernel_size))
        nn.init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[1:] == (self.in_channels, self.input_size, self.input_size), tuple(x.shape)
        images, side = x.shape[0], self.output_size
        padded = functional.pad(x, (self.padding,) * 4)
        views = padded.unfold(2, self.kernel_size[0], self.stride[0]).unfold(3, self.kernel_size[1], self.stride[1])
        # (N, C, T, T, k, k) is a view; this is the only copy of the patches, in the layout of the matrix products.
        patches = views.permute(2, 3, 0, 1, 4, 5).reshape(side * side, images, -1)
        weights = self.weight.flatten(3).flatten(0, 1)  # (T*T, out, C*k*k)
        y = torch.bmm(weights, patches.transpose(1, 2))  # (T*T, out, N)
        y = y.view(side, side, self.out_channels, images).permute(3, 2, 0, 1).contiguous()
        return y if self.bias is None else y + self.bias

    def extra_repr(self) -> str:
        return (
            f"{self.in_channels}, {self.out_channels}, input_size={self.input_size}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, padding={self.padding}, bias={self.bias is not None}"
        )
