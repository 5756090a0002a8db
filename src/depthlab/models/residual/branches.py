"""The weighted path of a residual unit: two or three convolutions with normalization and activation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.residual.orders import LayerOrder, norm_and_activation
from depthlab.models.residual.unit_shapes import UnitShape
from depthlab.nn import DropPath, LayerFactory, sequential

UNITS = ("basic", "bottleneck")
LAYERS = {"basic": 2, "bottleneck": 3}
EXPANSION = {"basic": 1, "bottleneck": 4}  # output channels per channel of the 3x3, He et al. 2015, sec. 4.1


@final
@dataclass(frozen=True)
class BranchConvolution:
    """The shape of one convolution of a branch."""

    in_channels: int
    out_channels: int
    size: int
    stride: int = 1
    groups: int = 1


def basic(shape: UnitShape) -> list[BranchConvolution]:
    """Return two 3x3 convolutions, the first of which strides."""
    return [
        BranchConvolution(shape.in_channels, shape.inner, 3, shape.stride),
        BranchConvolution(shape.inner, shape.out_channels, 3),
    ]


def bottleneck(shape: UnitShape, *, stride_at: str = "3x3", groups: int = 1) -> list[BranchConvolution]:
    """Return 1x1, 3x3 and 1x1 convolutions; `stride_at` says which of the first two strides."""
    narrow, wide = (shape.stride, 1) if stride_at == "1x1" else (1, shape.stride)
    return [
        BranchConvolution(shape.in_channels, shape.inner, 1, narrow),
        BranchConvolution(shape.inner, shape.inner, 3, wide, groups),
        BranchConvolution(shape.inner, shape.out_channels, 1),
    ]


def build_branch(
    factory: LayerFactory,
    kernels: Sequence[BranchConvolution],
    order: LayerOrder,
    *,
    dropout: float,
    drop_path: float,
    activated: bool = False,
) -> nn.Sequential:
    """Return the convolutions in sequence, with normalization and activation where `order` has them.

    Dropout comes before the last convolution; squeeze-and-excitation, if any, and stochastic depth at the end. If the
    input is already `activated`, nothing comes before the first convolution.
    """
    layers: dict[str, nn.Module] = {}
    for n, kernel in enumerate(kernels, start=1):
        last = n == len(kernels)
        if n > 1 or not activated:
            layers |= norm_and_activation(factory, order.ahead, kernel.in_channels, n)
        if last:
            layers |= factory.dropout(dropout, "unit", default=True)
        layers[f"conv{n}"] = factory.convolution(
            kernel.in_channels,
            kernel.out_channels,
            kernel_size=kernel.size,
            stride=kernel.stride,
            groups=kernel.groups,
        )
        layers |= norm_and_activation(factory, order.last if last else order.behind, kernel.out_channels, n)
    layers |= factory.excitation(kernels[-1].out_channels)
    if drop_path:
        layers["drop_path"] = DropPath(drop_path)
    return sequential(**layers)


def build_projection(factory: LayerFactory, shape: UnitShape, order: LayerOrder) -> nn.Sequential:
    """Return a 1x1 convolution to the shape of the branch, normalized if the branch ends so (He et al. 2015, eq. 2)."""
    conv = factory.convolution(shape.in_channels, shape.out_channels, kernel_size=1, stride=shape.stride)
    return sequential(conv=conv, **(factory.norm(shape.out_channels) if "norm" in order.last else {}))
