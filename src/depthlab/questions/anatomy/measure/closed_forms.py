"""The arithmetic of convolutions: what they put out, cost and see, without building any.

One convolution of kernel k x k from c to d channels in g groups puts out H' x H' features of d channels, where

    H' = floor((H + 2 p - a (k - 1) - 1) / s) + 1          for padding p, dilation a and stride s

has k k c d / g weights, and does as many multiply-adds for each of the H' H' places (Dumoulin & Visin 2016, "A guide to
convolution arithmetic for deep learning", arXiv 1603.07285, relationship 15).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

Pair = tuple[int, int]


@final
@dataclass(frozen=True)
class Convolution:
    """One convolution, by the numbers that decide its cost; pairs are (height, width)."""

    in_channels: int
    out_channels: int
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = False

    @property
    def parameters(self) -> int:
        """Return k k c d / g, and d biases if it has some."""
        return self.weights + (self.out_channels if self.bias else 0)

    @property
    def weights(self) -> int:
        """Return k k c d / g."""
        return math.prod(self.kernel) * self.in_channels * self.out_channels // self.groups

    def output_size(self, size: Pair) -> Pair:
        """Return height and width of what it puts out."""
        height, width = map(output_size, size, self.kernel, self.stride, self.padding, self.dilation)
        return height, width

    def multiply_adds(self, size: Pair) -> int:
        """Return its multiply-adds for one image of height and width `size`; a bias is free."""
        return self.weights * math.prod(self.output_size(size))


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def square(
    in_channels: int, out_channels: int, kernel: int, *, stride: int = 1, dilation: int = 1, groups: int = 1
) -> Convolution:
    """Return a k x k convolution that keeps height and width but for the stride, without a bias."""
    padding = dilation * (kernel // 2)
    k, s, p, a = ((side, side) for side in (kernel, stride, padding, dilation))
    return Convolution(in_channels, out_channels, k, s, p, a, groups)


def asymmetric(channels: int, kernel: Pair) -> Convolution:
    """Return a convolution such as 1 x n that keeps height and width, from and to as many channels."""
    return Convolution(channels, channels, kernel, padding=(kernel[0] // 2, kernel[1] // 2))


def separable(in_channels: int, out_channels: int, kernel: int) -> tuple[Convolution, Convolution]:
    """Return a k x k convolution of each channel alone, and the 1 x 1 that mixes channels.

    Together they cost 1 / d + 1 / k^2 of the full one to d channels (Howard et al. 2017, arXiv 1704.04861, sec. 3.1).
    """
    return square(in_channels, in_channels, kernel, groups=in_channels), square(in_channels, out_channels, 1)


def chain_field(chain: Iterable[Convolution]) -> Pair:
    """Return height and width, in pixels, of what a feature sees behind convolutions in series.

    1 + sum over layers of a (k - 1) times the strides of all layers before (Araujo et al. 2019, eq. 2).
    """
    field, step = [1, 1], [1, 1]
    for one in chain:
        for axis in (0, 1):
            field[axis] += one.dilation[axis] * (one.kernel[axis] - 1) * step[axis]
            step[axis] *= one.stride[axis]
    return field[0], field[1]


def chain_cost(chain: Iterable[Convolution], size: int) -> tuple[int, int, int]:
    """Return the output's side, parameters and multiply-adds of convolutions in series, on size x size features."""
    place, parameters, work = (size, size), 0, 0
    for one in chain:
        parameters += one.parameters
        work += one.multiply_adds(place)
        place = one.output_size(place)
    return place[0], parameters, work
