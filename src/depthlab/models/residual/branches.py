"""The weighted path of a residual unit: two or three convolutions, with what stands around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.residual.orders import Order, activation_layers
from depthlab.models.residual.unit_shapes import UnitShape
from depthlab.nn import DropPath, LayerFactory, named

UNITS = ("basic", "bottleneck")
LAYERS = {"basic": 2, "bottleneck": 3}
EXPANSION = {"basic": 1, "bottleneck": 4}  # channels put out per channel of the 3x3, He et al. 2015, sec. 4.1


@final
@dataclass(frozen=True)
class Kernel:
    """The shape of one convolution."""

    in_channels: int
    out_channels: int
    size: int
    stride: int = 1
    groups: int = 1


def basic(place: UnitShape) -> list[Kernel]:
    """Return two 3x3 convolutions, the first of which strides."""
    return [
        Kernel(place.in_channels, place.inner, 3, place.stride),
        Kernel(place.inner, place.out_channels, 3),
    ]


def bottleneck(place: UnitShape, *, stride_at: str = "3x3", groups: int = 1) -> list[Kernel]:
    """Return 1x1, 3x3 and 1x1 convolutions; `stride_at` says which of the first two strides."""
    narrow, wide = (place.stride, 1) if stride_at == "1x1" else (1, place.stride)
    return [
        Kernel(place.in_channels, place.inner, 1, narrow),
        Kernel(place.inner, place.inner, 3, wide, groups),
        Kernel(place.inner, place.out_channels, 1),
    ]


def build_branch(
    kit: LayerFactory,
    kernels: Sequence[Kernel],
    order: Order,
    *,
    dropout: float,
    drop_path: float,
    activated: bool = False,
) -> nn.Sequential:
    """Return the convolutions in sequence, with normalization and activation where `order` has them.

    Dropout stands before the last convolution; squeeze-and-excitation, if any, and stochastic depth at the end. If the
    input comes `activated` already, nothing stands before the first convolution.
    """
    layers: dict[str, nn.Module] = {}
    for n, kernel in enumerate(kernels, start=1):
        last = n == len(kernels)
        if n > 1 or not activated:
            layers |= activation_layers(kit, order.ahead, kernel.in_channels, n)
        if last:
            layers |= kit.dropped(dropout, "unit", own=True)
        layers[f"conv{n}"] = kit.convolution(
            kernel.in_channels,
            kernel.out_channels,
            kernel_size=kernel.size,
            stride=kernel.stride,
            groups=kernel.groups,
        )
        layers |= activation_layers(kit, order.last if last else order.behind, kernel.out_channels, n)
    layers |= kit.excited(kernels[-1].out_channels)
    if drop_path:
        layers["drop_path"] = DropPath(drop_path)
    return named(**layers)


def build_projection(kit: LayerFactory, place: UnitShape, order: Order) -> nn.Sequential:
    """Return a 1x1 convolution to the shape of the branch, normalized if the branch ends so (He et al. 2015, eq. 2)."""
    conv = kit.convolution(place.in_channels, place.out_channels, kernel_size=1, stride=place.stride)
    return named(conv=conv, **(kit.normalized(place.out_channels) if "norm" in order.last else {}))
