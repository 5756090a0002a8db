"""Inception v3: n x n convolutions factored into 1 x n and n x 1; Szegedy et al. 2015 (arXiv 1512.00567)."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_counts, check_form, check_one_of, check_rate, check_switch
from depthlab.models.inception.layers import NetworkBody, UnitBuilder, classifier, small_stem
from depthlab.models.inception.modules import (
    InceptionModule,
    ModulePath,
    added_per_stage,
    choose_modules,
    column,
    conv,
    row,
    scaled_channels,
    scales_per_stage,
)
from depthlab.models.stages import channels_per_stage, doubling, listed_units_per_stage, units_per_stage
from depthlab.nn import GridPool, LayerFactory, Network, Parts, PoolingWindow, sequential

ASYMMETRIC = (7, 5, 3)
CHANNELS = [288, 768, 2048]  # output channels of the stages
LAYERS = 3 + 5 + 3  # on the longest paths of one module of each stage
OTHERS = 1 + 3 + 4 + 1  # in the stem, the two modules that stride, and the head


def inception_v3(
    *,
    depth: int | Sequence[int] | None = None,
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    asymmetric: int = 7,
    auxiliary: bool = False,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build Inception-v3: three kinds of modules, one for each stage, with batch norm everywhere.

    The first stage has 5x5 and pairs of 3x3 convolutions, the second n x n ones as 1 x n and n x 1 (`asymmetric` is n),
    which cost 2n instead of n * n; in the third, 1x3 and 3x1 are parallel, so paths split. The first module of the
    second and third stage strides, beside max-pooling whose channels pass through.

    `form="imagenet"` is the network that the authors released, for 299x299 pixels, where it differs from the paper:
    `depth` 48 layers on the longest path (the paper counts 42), modules per stage [3,5,3], including the strided ones;
    any other list takes the last of these, or repeats the very last. Torchvision's `dropout` is 0.5. `form="cifar"`: a
    3x3 convolution, then stages with 64, 128 and 256 output channels, in the ratios of their first, last and last
    modules; `depth` is 11n+9, with n modules of each kind and the two that stride ([n,n+1,n+1]), or such a list. The
    default depths are 48 and 20. `width` multiplies all channels, or lists the output channels of each stage's last
    module.

    `auxiliary=True` adds a head after the second stage, which reads means over a 5x5 grid. `parts` replace the units'
    layers, see `Parts`; paths pool by max or average, and 1 x n and n x 1 kernels stay as they are.

    Maps (N, in_channels, H, W) to (N, num_classes); the ImageNet form takes images of 75x75 pixels or more. That has
    23,834,568 parameters (1,000 classes), 27,161,264 with the auxiliary head, and 5.71 billion multiply-adds at
    299x299. Raises `ValueError` for a depth that the family does not have, for channels that don't increase from stage
    to stage in the CIFAR form, and for any argument out of its range.
    """
    check_counts(num_classes=num_classes, in_channels=in_channels)
    small = check_form(form) == "cifar"
    n = check_one_of("asymmetric", asymmetric, ASYMMETRIC)
    factory = LayerFactory("inception_v3", parts)
    builder = UnitBuilder(factory, padded=small)
    body = (_small if small else _imagenet)(builder, depth, width, in_channels, n)
    units, channels = builder.stages(body.stages, body.channels)
    index = len(body.stages[0]) + len(body.stages[1]) - 1
    heads = {index: _auxiliary_head(builder, channels[index], num_classes, body.scale)}
    net = Network(
        stem=body.stem,
        stages=units,
        head=classifier(factory, channels[-1], num_classes, check_rate("dropout", dropout)),
        auxiliary=heads if check_switch("auxiliary", auxiliary) else None,
        smallest_image=body.smallest_image,
    )
    return factory.finish(
        net, fan="in"
    )  # with fan-out, features would grow at every module, whose paths read the same input


def _first(pool: int) -> InceptionModule:
    """Return module A (Figure 5, with one 5x5 not factored). The three copies differ in their pooling path only."""
    return InceptionModule(
        {
            "one": ModulePath((conv(1, 64),)),
            "five": ModulePath((conv(1, 48), conv(5, 64))),
            "stacked": ModulePath((conv(1, 64), conv(3, 96), conv(3, 96))),
            "pool": ModulePath((conv(1, pool),), pool="average"),
        }
    )


def _first_strided() -> InceptionModule:
    """Return module B (Figure 10)."""
    paths = {
        "three": ModulePath((conv(3, 384),)),
        "stacked": ModulePath((conv(1, 64), conv(3, 96), conv(3, 96))),
        "pool": ModulePath(pool="max"),
    }
    return InceptionModule(paths, stride=2)


def _second(inner: int, n: int) -> InceptionModule:
    """Return module C (Figure 6): one factored n x n in one path, two in another, which begins with n x 1."""
    twice = (conv(1, inner), column(n, inner), row(n, inner), column(n, inner), row(n, 192))
    return InceptionModule(
        {
            "one": ModulePath((conv(1, 192),)),
            "asymmetric": ModulePath((conv(1, inner), row(n, inner), column(n, 192))),
            "stacked": ModulePath(twice),
            "pool": ModulePath((conv(1, 192),), pool="average"),
        }
    )


def _second_strided(n: int) -> InceptionModule:
    """Return module D."""
    paths = {
        "three": ModulePath((conv(1, 192), conv(3, 320))),
        "asymmetric": ModulePath((conv(1, 192), row(n, 192), column(n, 192), conv(3, 192))),
        "pool": ModulePath(pool="max"),
    }
    return InceptionModule(paths, stride=2)


def _third() -> InceptionModule:
    """Return module E (Figure 7)."""
    split = (*row(3, 384), *column(3, 384))
    return InceptionModule(
        {
            "one": ModulePath((conv(1, 320),)),
            "three": ModulePath((conv(1, 384), split)),
            "stacked": ModulePath((conv(1, 448), conv(3, 384), split)),
            "pool": ModulePath((conv(1, 192),), pool="average"),
        }
    )


def _imagenet(builder: UnitBuilder, depth: object, width: object, in_channels: int, n: int) -> NetworkBody:
    counts = listed_units_per_stage("inception_v3 with form=imagenet", 48 if depth is None else depth, {48: [3, 5, 3]})
    scales = scales_per_stage(width, CHANNELS)
    second = [_second(inner, n) for inner in (128, 160, 160, 192)]
    tables = [
        choose_modules([_first(32), _first(64), _first(64)], counts[0]),
        [_first_strided(), *choose_modules(second, counts[1] - 1)],
        [_second_strided(n), *choose_modules([_third(), _third()], counts[2] - 1)],
    ]
    stages = [[module.times(scale) for module in table] for table, scale in zip(tables, scales, strict=True)]
    stem, channels = _imagenet_stem(builder, in_channels, scales[0])
    return NetworkBody(stem, channels, stages, scale=scales[1], smallest_image=75)


def _imagenet_stem(builder: UnitBuilder, in_channels: int, scale: float) -> tuple[nn.Sequential, int]:
    """Return the stem, in which only one 3x3 convolution pads: (N, in, 299, 299) to (N, 192, 35, 35)."""
    first, third, fourth, last = (scaled_channels(channels, scale) for channels in (32, 64, 80, 192))
    stem = sequential(
        **builder.convolve("1", in_channels, first, (3, 3), stride=2, padded=False, fixed=True),
        **builder.convolve("2", first, first, (3, 3), padded=False, fixed=True),
        **builder.convolve("3", first, third, (3, 3), fixed=True),
        pool1=builder.between(PoolingWindow(3)),
        **builder.convolve("4", third, fourth, (1, 1)),
        **builder.convolve("5", fourth, last, (3, 3), padded=False, fixed=True),
        pool2=builder.between(PoolingWindow(3)),
    )
    return stem, last


def _small(builder: UnitBuilder, depth: object, width: object, in_channels: int, n: int) -> NetworkBody:
    channels = channels_per_stage(width, doubling(64, 3))
    added = added_per_stage(channels)
    counts = _small_counts(20 if depth is None else depth)
    stages = [
        [_first(32).scaled(channels[0])] * counts[0],
        [_first_strided().scaled(added[0]), *[_second(192, n).scaled(channels[1])] * (counts[1] - 1)],
        [_second_strided(n).scaled(added[1]), *[_third().scaled(channels[2])] * (counts[2] - 1)],
    ]
    return NetworkBody(
        small_stem(builder, in_channels, channels[0]), channels[0], stages, scale=channels[1] / CHANNELS[1]
    )


def _small_counts(depth: object) -> list[int]:
    if not isinstance(depth, int) or isinstance(depth, bool):
        return listed_units_per_stage("inception_v3", depth, {20: [1, 2, 2]})
    n = sum(units_per_stage("inception_v3", depth, layers_per_unit=LAYERS, stages=1, others=OTHERS))
    return [n, n + 1, n + 1]


def _auxiliary_head(builder: UnitBuilder, in_channels: int, num_classes: int, scale: float) -> nn.Sequential:
    """Return the released network's head. At 299x299 its 5x5 pooling at stride 3 leaves 5x5; here any size does."""
    narrow, wide = scaled_channels(128, scale), scaled_channels(768, scale)
    return sequential(
        pool=GridPool(5),
        **builder.convolve("1", in_channels, narrow, (1, 1)),
        **builder.convolve("2", narrow, wide, (5, 5), padded=False, fixed=True),
        flatten=nn.Flatten(),
        linear=nn.Linear(wide, num_classes),
    )
