"""Inception v2: batch norm, and two 3x3 convolutions in place of a 5x5; Ioffe & Szegedy 2015 (arXiv 1502.03167)."""

from collections.abc import Sequence

from depthlab.models.arguments import check_choice, check_counts, check_form, check_rate
from depthlab.models.inception.layers import NetworkBody, UnitBuilder, classifier, googlenet_stem, small_stem
from depthlab.models.inception.modules import (
    InceptionModule,
    ModulePath,
    added_per_stage,
    choose_modules,
    conv,
    scales_per_stage,
)
from depthlab.models.stages import channels_per_stage, doubling, listed_units_per_stage, units_per_stage
from depthlab.nn import LayerFactory, Network, Parts

KERNELS = ("factored", "single")
TableRow = tuple[int, int, int, int, int, str, int]

# Figure 5, modules 3a 3b, 3c and 4a to 4d, 4e 5a 5b: 1x1, 3x3 reduce, 3x3, double 3x3 reduce, double 3x3, pooling and
# its projection. 3c and 4e, without 1x1 and projection, stride; each opens the stage of its output resolution.
BN_INCEPTION: list[list[TableRow]] = [
    [(64, 64, 64, 64, 96, "average", 32), (64, 64, 96, 64, 96, "average", 64)],
    [
        (0, 128, 160, 64, 96, "max", 0),
        (224, 64, 96, 96, 128, "average", 128),
        (192, 96, 128, 96, 128, "average", 128),
        (160, 128, 160, 128, 160, "average", 128),
        (96, 128, 192, 160, 192, "average", 128),
    ],
    [
        (0, 128, 192, 192, 256, "max", 0),
        (352, 192, 320, 160, 224, "average", 128),
        (352, 192, 320, 192, 224, "max", 128),
    ],
]
CHANNELS = [320, 608, 1024]  # output channels of the stages


def inception_v2(
    *,
    depth: int | Sequence[int] | None = None,
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    kernels: str = "factored",
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build BN-Inception: Inception v1 with batch norm, and with two 3x3 convolutions in place of each 5x5.

    They see the same 5x5 pixels with 18 weights instead of 25, and have one more ReLU (Szegedy et al. 2015, arXiv
    1512.00567, sec. 3.1); `kernels="single"` restores the 5x5. There is no pooling between modules: the first module of
    each later stage strides instead, in its 3x3 convolutions and its max-pooling, whose channels pass through.

    `form="imagenet"` has the channels of Figure 5 and `depth` 34: 3 layers in each of 10 modules, 3 in the stem and 1
    in the head; a list gives the modules per stage ([2,5,3], the last ones of the figure's), including those that
    stride. Where the figure's sums differ (4c and 4d: 608, not 576; 4e: 1056, not 1024) its paths count; its first
    convolution, described as separable, is an ordinary one. `form="cifar"`: a 3x3 convolution, three stages of modules
    with 64, 128 and 256 output channels in the ratios of 3a, or of 3c where they stride; `depth` is 9n+2, or a list.
    The default depths are 34 and 20. `depth` counts the same for both `kernels`. `width` multiplies all channels, or
    lists the output channels of each stage's last module. `dropout` is for the last features; the paper has none.
    `parts` replace the units' layers, see `Parts`; paths pool by max or average.

    Maps (N, in_channels, H, W) to (N, num_classes); the ImageNet form takes images of 7x7 pixels or more. That has
    11,285,224 parameters (1,000 classes; published copies with biases before batch norm have 10,016 more) and 2.03
    billion multiply-adds at 224x224. Raises `ValueError` for a depth that the family does not have, for channels that
    don't increase from stage to stage in the CIFAR form, and for any argument out of its range.
    """
    check_counts(num_classes=num_classes, in_channels=in_channels)
    form = check_form(form)
    factored = check_choice("kernels", kernels, KERNELS) == "factored"
    factory = LayerFactory("inception_v2", parts)
    builder = UnitBuilder(factory)
    body = (_small if form == "cifar" else _imagenet)(builder, depth, width, in_channels, factored)
    units, channels = builder.stages(body.stages, body.channels)
    head = classifier(factory, channels[-1], num_classes, check_rate("dropout", dropout))
    net = Network(stem=body.stem, stages=units, head=head, smallest_image=body.smallest_image)
    return factory.finish(
        net, fan="in"
    )  # with fan-out, features would grow at every module, whose paths read the same input


def _module(row: TableRow, factored: bool) -> InceptionModule:
    one, three_reduce, three, double_reduce, double, kind, projection = row
    large = (conv(3, double), conv(3, double)) if factored else (conv(5, double),)
    paths = {
        "three": ModulePath((conv(1, three_reduce), conv(3, three))),
        "stacked": ModulePath((conv(1, double_reduce), *large)),
    }
    if not one:
        return InceptionModule({**paths, "pool": ModulePath(pool=kind)}, stride=2)
    return InceptionModule(
        {"one": ModulePath((conv(1, one),)), **paths, "pool": ModulePath((conv(1, projection),), pool=kind)}
    )


def _imagenet(builder: UnitBuilder, depth: object, width: object, in_channels: int, factored: bool) -> NetworkBody:
    usual = {34: [len(rows) for rows in BN_INCEPTION]}
    counts = listed_units_per_stage("inception_v2 with form=imagenet", 34 if depth is None else depth, usual)
    scales = scales_per_stage(width, CHANNELS)
    stages = []
    for rows, count, scale in zip(BN_INCEPTION, counts, scales, strict=True):
        table = [_module(row, factored) for row in rows]
        strided = [module for module in table if module.stride > 1]
        modules = strided + choose_modules(table[len(strided) :], count - len(strided))
        stages.append([module.times(scale) for module in modules])
    stem, channels = googlenet_stem(builder, in_channels, scales[0])
    return NetworkBody(stem, channels, stages, smallest_image=7)


def _small(builder: UnitBuilder, depth: object, width: object, in_channels: int, factored: bool) -> NetworkBody:
    counts = units_per_stage("inception_v2", 20 if depth is None else depth, layers_per_unit=3)
    channels = channels_per_stage(width, doubling(64, len(counts)))
    keeping, striding = _module(BN_INCEPTION[0][0], factored), _module(BN_INCEPTION[1][0], factored)
    stages = [[keeping.scaled(out)] * count for out, count in zip(channels, counts, strict=True)]
    for modules, added in zip(stages[1:], added_per_stage(channels), strict=True):
        modules[0] = striding.scaled(added)
    return NetworkBody(small_stem(builder, in_channels, channels[0]), channels[0], stages)
