"""Densely connected networks: Huang et al. 2017 (arXiv 1608.06993)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import (
    check_count,
    check_counts,
    check_form,
    check_rate,
    check_switch,
    is_list,
    is_number,
)
from depthlab.models.stages import channels_per_stage, listed_units_per_stage, units_per_stage
from depthlab.nn import Concat, LayerFactory, Network, Parallel, Parts, PoolingWindow, Sum, sequential

# Table 1. Depth 161 is in its first versions, with growth rate 48; its DenseNet-264 has 265 weighted layers.
TABLE_1 = {121: [6, 12, 24, 16], 161: [6, 12, 36, 24], 169: [6, 12, 32, 32], 201: [6, 12, 48, 32], 264: [6, 12, 64, 48]}
BOTTLENECK = 4  # a bottleneck's 1x1 convolution makes 4k feature maps (sec. 3)
CIFAR_STEM = 16
# 7x7 and 3x3 strides round up, the three pools between blocks round down: 29 pixels leave one in the last block.
SMALLEST_IMAGENET = 29


def densenet(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    growth_rate: int | None = None,
    bottleneck: bool | None = None,
    compression: float | None = None,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a densely connected network: each unit outputs [x, H(x)], all earlier features and k new ones (eq. 2).

    H is batch norm, ReLU and a 3x3 convolution to `growth_rate` k channels; with `bottleneck` (DenseNet-B) a 1x1
    convolution to 4k channels, batch norm and ReLU come first. Every stage but the first begins with a transition:
    batch norm, ReLU (in the authors' code, not in the text), a 1x1 convolution to `compression` times the
    channels, rounded down (below 1: DenseNet-C), and 2x2 average pooling. Maps (N, in_channels, H, W) to
    (N, num_classes).

    `form="cifar"`: a 3x3 convolution to 16 channels (2k if bottleneck and compression make a DenseNet-BC) and three
    stages, for any H and W; by default k is 12, without bottleneck and compression. `depth` is 3n+4, with bottlenecks
    6n+4. `form="imagenet"`: the networks of Table 1, of depth 121, 161, 169, 201 or 264, for images of 29
    pixels or more; a 7x7 convolution to 2k channels and 3x3 max pooling, both of stride 2, and four stages; k is 32 (48
    for depth 161), with bottlenecks and compression 0.5. A list as `depth` gives the units of each stage.

    `width` multiplies the growth rate, or lists each stage's. `dropout` is the rate after each convolution but the
    first. `parts` replace the units' layers, see `Parts`; where strides replace pooling, the convolution before it
    strides.

    DenseNet-40-12, 100-12, 100-24 and BC-100-12 have 1,019,722, 6,979,642, 27,249,082 and 769,162 parameters (Table 2:
    1.0, 7.0, 27.2 and 0.8 million), DenseNet-121 for 1000 classes has 7,978,856. Raises `ValueError` for a depth that
    the family does not have, and for any argument out of its range.
    """
    imagenet = check_form(form) == "imagenet"
    check_counts(num_classes=num_classes, in_channels=in_channels)
    bottleneck = imagenet if bottleneck is None else check_switch("bottleneck", bottleneck)
    factor = _compression(compression, default=0.5 if imagenet else 1.0)
    factory = LayerFactory("densenet", parts)
    builder = _DenseBuilder(factory, bottleneck, check_rate("dropout", dropout))
    counts = _units_per_stage(imagenet, depth, builder)
    usual_rate = 12 if not imagenet else 48 if depth == 161 else 32
    rates = _growth_rates(width, growth_rate, usual_rate, stages=len(counts))
    features = 2 * rates[0] if imagenet or (bottleneck and factor < 1) else CIFAR_STEM
    stem = (_imagenet_stem if imagenet else _cifar_stem)(factory, in_channels, features)
    stages: list[list[Parallel]] = []
    for count, rate in zip(counts, rates, strict=True):
        units: list[Parallel] = []
        if stages:
            before, features = features, _compressed(features, factor)
            units.append(builder.transition(before, features, round_up=not imagenet))
        for _ in range(count):
            units.append(builder.unit(features, rate))
            features += rate
        stages.append(units)
    head, smallest = builder.head(features, num_classes), SMALLEST_IMAGENET if imagenet else 1
    return factory.finish(Network(stem=stem, stages=stages, head=head, smallest_image=smallest))


@final
@dataclass(frozen=True)
class _DenseBuilder:
    """Builds units, transitions and the head."""

    factory: LayerFactory
    bottleneck: bool
    dropout: float

    def unit(self, in_channels: int, growth_rate: int) -> Concat:
        """Return a unit that appends `growth_rate` channels to its input."""
        inner = BOTTLENECK * growth_rate if self.bottleneck else in_channels
        layers: dict[str, nn.Module] = {}
        if self.bottleneck:
            layers |= self._weighted("1", in_channels, inner, kernel_size=1)
            layers |= self._weighted("2", inner, growth_rate, kernel_size=3)
        else:
            layers |= self._weighted("1", in_channels, growth_rate, kernel_size=3)
        layers |= self.factory.excitation(growth_rate)
        return Concat({"skip": nn.Identity(), "branch": sequential(**layers)})

    def transition(self, in_channels: int, out_channels: int, *, round_up: bool) -> Sum:
        """Return the single-path unit that halves H and W; `round_up` keeps a single pixel."""
        # where a window reaches over the edge, only the existing pixels are averaged
        downsampling = self.factory.downsampling("average", PoolingWindow(2, ceil_mode=round_up))
        layers = self._weighted("", in_channels, out_channels, kernel_size=1, stride=downsampling.stride)
        return Sum({"branch": sequential(**layers, **downsampling.layer)})

    def head(self, channels: int, num_classes: int) -> nn.Sequential:
        """Return normalization, activation, average pooling and the linear layer."""
        return sequential(
            **self.factory.norm(channels),
            **self.factory.named_activation(),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            **self.factory.dropout(self.dropout, "head", default=False),
            linear=nn.Linear(channels, num_classes),
        )

    def _weighted(
        self, n: str, in_channels: int, out_channels: int, *, kernel_size: int, stride: int = 1
    ) -> dict[str, nn.Module]:
        layers = self.factory.norm(in_channels, n) | self.factory.named_activation(n)
        layers[f"conv{n}"] = self.factory.convolution(in_channels, out_channels, kernel_size=kernel_size, stride=stride)
        return layers | self.factory.dropout(self.dropout, "unit", n, default=True)


def _cifar_stem(factory: LayerFactory, in_channels: int, out_channels: int) -> nn.Sequential:
    return sequential(conv=factory.convolution(in_channels, out_channels, kernel_size=3, fixed=True))


def _imagenet_stem(factory: LayerFactory, in_channels: int, out_channels: int) -> nn.Sequential:
    downsampling = factory.downsampling("max", PoolingWindow(3, padding=1))
    return sequential(
        conv=factory.convolution(in_channels, out_channels, kernel_size=7, stride=2 * downsampling.stride, fixed=True),
        **factory.norm(out_channels),
        **factory.named_activation(),
        **downsampling.layer,
    )


def _units_per_stage(imagenet: bool, depth: int | Sequence[int], builder: _DenseBuilder) -> list[int]:
    if not imagenet:
        kind = "densenet with bottlenecks" if builder.bottleneck else "densenet without bottlenecks"
        # the stem, two transitions and the head are the other 4
        return units_per_stage(kind, depth, layers_per_unit=2 if builder.bottleneck else 1, others=4)
    counts = listed_units_per_stage("densenet of form=imagenet", depth, TABLE_1)
    if not builder.bottleneck and not is_list(depth):
        raise ValueError(
            f"densenet of form=imagenet counts bottlenecks in depth={depth}: leave model.bottleneck=false out, "
            f"or type units per stage, depth=[{','.join(map(str, counts))}]"
        )
    return counts


def _growth_rates(width: float | Sequence[int], growth_rate: int | None, usual: int, *, stages: int) -> list[int]:
    if growth_rate is not None:
        check_count("growth_rate", growth_rate, example=usual)
        if is_list(width):
            raise ValueError(
                f"width={list(width)} lists the growth rate of each stage, so growth_rate={growth_rate} does nothing: "
                "leave one of them out"
            )
    return channels_per_stage(width, [growth_rate or usual] * stages)


def _compression(value: float | None, *, default: float) -> float:
    if value is None:
        return default
    if not is_number(value) or not 0 < value <= 1:
        raise ValueError(
            f"compression must be a number above 0, up to 1 (off), such as model.compression=0.5, not {value!r}"
        )
    return float(value)


def _compressed(channels: int, factor: float) -> int:
    """Return the whole part of channels * factor, at least 1, as in decimal numbers: 0.29 * 100 is 29."""
    return max(1, math.floor(round(channels * factor, 6)))
