"""Kinds of convolution that can replace a k x k convolution from c to d channels.

    standard    k k c d weights
    grouped     k k c d / g: each of g groups of channels reads its own group (Krizhevsky et al. 2012; Xie et al.
                2017, arXiv 1611.05431)
    shuffled    as grouped, then a channel shuffle, so that the next groups read from all of these (Zhang et al. 2018,
                "ShuffleNet", arXiv 1707.01083, Figure 1)
    separable   k k c + c d: a k x k kernel for each channel, then a 1 x 1 convolution (Howard et al. 2017,
                "MobileNets", arXiv 1704.04861, eq. 5), with nothing between (Chollet 2017, arXiv 1610.02357, Figure 10)
    dilated     k k c d weights that read every a-th pixel, so that they see (k - 1) a + 1 of them (Yu & Koltun 2016,
                arXiv 1511.07122, eq. 2)
    asymmetric  k c d + k d d: k x 1, then 1 x k (Szegedy et al. 2016, arXiv 1512.00567, sec. 3.2), with nothing between

Each has one multiply-add per weight and output pixel, except that a strided asymmetric one strides down the columns
first, so its k x 1 has twice the pixels. All have the input and output shapes of the standard one.
"""

import math
from dataclasses import dataclass, replace
from typing import final

from torch import Tensor, nn

from depthlab.nn.parts.layers import sequential

CONVOLUTIONS = ("standard", "grouped", "shuffled", "separable", "dilated", "asymmetric")
GROUPS = 4  # by default
DILATION = 2


@final
@dataclass(frozen=True)
class ConvolutionShape:
    """One k x k convolution of a network, before its kind is chosen; `groups` is the family's own number."""

    in_channels: int
    out_channels: int
    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: int = 1
    groups: int = 1
    bias: bool = False

    def build(self) -> nn.Conv2d:
        """Return the standard convolution of this shape."""
        return nn.Conv2d(
            self.in_channels,
            self.out_channels,
            self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )

    def dilated(self, factor: int) -> nn.Conv2d:
        """Read every `factor`-th pixel, with the padding that keeps the output's size."""
        height, width = ((side // 2) * (factor - 1) for side in self.kernel)
        padding = (self.padding[0] + height, self.padding[1] + width)
        return replace(self, dilation=factor, padding=padding).build()

    def grouped(self, groups: int) -> nn.Conv2d:
        """Divide the channels into groups; raises `ValueError` if they don't divide evenly."""
        common = math.gcd(self.in_channels, self.out_channels)
        if common % groups:
            possible = [str(number) for number in range(2, common + 1) if common % number == 0]
            allowed = f"these can have {', '.join(possible[:8])}; " if possible else "no number does; "
            advice = f"type parts.groups={_nearest(groups, possible)}, or another width" if possible else "change width"
            raise ValueError(
                f"{groups} groups must divide the {self.in_channels} and {self.out_channels} channels of a "
                f"convolution: {allowed}{advice}"
            )
        return replace(self, groups=groups).build()

    def separable(self) -> nn.Sequential:
        """Convolve each channel alone, then mix the channels pixel by pixel."""
        depthwise = replace(self, out_channels=self.in_channels, groups=self.in_channels, bias=False)
        pointwise = ConvolutionShape(self.in_channels, self.out_channels, (1, 1), bias=self.bias)
        return sequential(depthwise=depthwise.build(), pointwise=pointwise.build())

    def asymmetric(self) -> nn.Module:
        """Convolve along columns, then along rows; 1 x k and k x 1 kernels stay as they are."""
        (height, width), (down, across), (top, left) = self.kernel, self.stride, self.padding
        if 1 in self.kernel:
            return self.build()
        column = replace(self, kernel=(height, 1), stride=(down, 1), padding=(top, 0), bias=False)
        row = replace(self, in_channels=self.out_channels, kernel=(1, width), stride=(1, across), padding=(0, left))
        return sequential(column=column.build(), row=row.build())


@final
class ChannelShuffle(nn.Module):
    """Interleave the channels of `groups` groups: group i goes to positions i, i + groups, ... of (N, C, H, W).

    After it, each group has channels of all groups before it (Zhang et al. 2018, sec. 3.1).
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        interleaved: Tensor = x.unflatten(1, (self.groups, -1)).transpose(1, 2)
        return interleaved.flatten(1, 2)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


def build_convolution(
    kind: str, shape: ConvolutionShape, *, groups: int = GROUPS, dilation: int = DILATION
) -> nn.Module:
    """Return a convolution of this kind and shape; raises `ValueError` for groups that don't divide the channels."""
    if kind == "standard":
        return replace(shape, groups=1).build()
    if kind == "grouped":
        return shape.grouped(groups)
    if kind == "shuffled":
        return sequential(grouped=shape.grouped(groups), shuffle=ChannelShuffle(groups))
    if kind == "separable":
        return shape.separable()
    return shape.dilated(dilation) if kind == "dilated" else shape.asymmetric()


def _nearest(groups: int, possible: list[str]) -> str:
    return min(possible, key=lambda number: abs(int(number) - groups))
