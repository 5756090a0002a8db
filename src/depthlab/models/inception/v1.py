"""Inception v1: GoogLeNet, and a form for small images, Szegedy et al. 2014 (arXiv 1409.4842)."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_counts, check_form, check_one_of, check_rate, check_switch
from depthlab.models.inception.layers import (
    PADDED,
    UNPADDED,
    NetworkBody,
    UnitBuilder,
    classifier,
    googlenet_stem,
    small_stem,
)
from depthlab.models.inception.modules import (
    InceptionModule,
    ModulePath,
    choose_modules,
    conv,
    scaled_channels,
    scales_per_stage,
)
from depthlab.models.stages import channels_per_stage, doubling, listed_units_per_stage, units_per_stage
from depthlab.nn import GridPool, LayerFactory, Network, Parts, sequential

TableRow = tuple[int, int, int, int, int, int]

# Table 1, modules 3a 3b, 4a to 4e, 5a 5b: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
GOOGLENET: list[list[TableRow]] = [
    [(64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)],
    [
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ],
    [(256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)],
]
CHANNELS = [480, 832, 1024]  # output channels of the stages
AUXILIARY_DROPOUT = 0.7  # sec. 5


def inception_v1(
    *,
    depth: int | Sequence[int] | None = None,
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    reduction: bool = True,
    large_kernel: int = 5,
    batch_norm: bool | None = None,
    auxiliary: bool = False,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build an Inception network: modules concatenate 1x1, 3x3 and 5x5 convolutions and 3x3 max-pooling.

    1x1 convolutions before the large ones and after the pooling keep it cheap (Figure 2b). Without them
    (`reduction=False`, Figure 2a) the pooled channels pass through, so the network widens with every module.

    `form="imagenet"` is GoogLeNet (Table 1), `depth` 22: 2 layers in each of 9 modules, 3 in the stem, 1 in the head; a
    list gives the modules per stage, the last ones of the table's. It has biases and local response normalization; the
    paper's `dropout` is 0.4. `form="cifar"`: a 3x3 convolution, three stages of modules of 64, 128 and 256 channels in
    the ratios of module 3a, with 3x3 max-pooling between, and batch norm; `depth` is 6n+2, or a list. The default
    depths are 22 and 20. `width` multiplies all channels, or lists the output channels of each stage's last module.

    `large_kernel=3` with `batch_norm=True` is torchvision's variant of GoogLeNet, except for its last pooling, 2x2
    there. `auxiliary=True` adds heads after the first and the last but one module of the second stage (4a and 4d),
    which read means over a 4x4 grid. `parts` replace the units' layers, see `Parts`; paths pool by max or average.

    Maps (N, in_channels, H, W) to (N, num_classes); the ImageNet form takes images of 31x31 pixels or more. GoogLeNet
    has 6,998,552 parameters and 1.58 billion multiply-adds at 224x224 (1,000 classes), torchvision's 6,624,904, and
    13,004,888 with its auxiliary heads. Raises `ValueError` for a depth that the family does not have, and for any
    argument out of its range.
    """
    check_counts(num_classes=num_classes, in_channels=in_channels)
    small = check_form(form) == "cifar"
    kernel = check_one_of("large_kernel", large_kernel, (5, 3))
    norm = small if batch_norm is None else check_switch("batch_norm", batch_norm)
    conflict = None if batch_norm is None else f"model.batch_norm={str(norm).lower()}"
    factory = LayerFactory("inception_v1", parts, normalization="batch" if norm else "none", conflict=conflict)
    builder = UnitBuilder(factory)
    body = (_small if small else _googlenet)(builder, depth, width, in_channels, kernel)
    stages = body.stages
    if not check_switch("reduction", reduction):
        stages = [[_without_reductions(module) for module in modules] for modules in stages]
    units, channels = builder.stages(stages, body.channels, body.between)
    indices = _auxiliary_indices([len(modules) for modules in stages]) if check_switch("auxiliary", auxiliary) else []
    net = Network(
        stem=body.stem,
        stages=units,
        head=classifier(factory, channels[-1], num_classes, check_rate("dropout", dropout)),
        auxiliary={index: _auxiliary_head(builder, channels[index], num_classes, body.scale) for index in indices},
        smallest_image=body.smallest_image,
    )
    return factory.finish(
        net, fan="in"
    )  # with fan-out, features would grow at every module, whose paths read the same input


def _module(row: TableRow, large_kernel: int) -> InceptionModule:
    one, three_reduce, three, five_reduce, five, pool = row
    return InceptionModule(
        {
            "one": ModulePath((conv(1, one),)),
            "three": ModulePath((conv(1, three_reduce), conv(3, three))),
            "five": ModulePath((conv(1, five_reduce), conv(large_kernel, five))),
            "pool": ModulePath((conv(1, pool),), pool="max"),
        }
    )


def _without_reductions(module: InceptionModule) -> InceptionModule:
    paths = {name: ModulePath(path.steps[-1:]) for name, path in module.paths.items() if path.pool is None}
    return InceptionModule({**paths, "pool": ModulePath(pool="max")})


def _googlenet(builder: UnitBuilder, depth: object, width: object, in_channels: int, large_kernel: int) -> NetworkBody:
    usual = {22: [len(rows) for rows in GOOGLENET]}
    counts = listed_units_per_stage("inception_v1 with form=imagenet", 22 if depth is None else depth, usual)
    scales = scales_per_stage(width, CHANNELS)
    stages = [
        [module.times(scale) for module in choose_modules([_module(row, large_kernel) for row in rows], count)]
        for rows, count, scale in zip(GOOGLENET, counts, scales, strict=True)
    ]
    stem, channels = googlenet_stem(builder, in_channels, scales[0])
    return NetworkBody(stem, channels, stages, scale=scales[1], between=UNPADDED, smallest_image=31)


def _small(builder: UnitBuilder, depth: object, width: object, in_channels: int, large_kernel: int) -> NetworkBody:
    counts = units_per_stage("inception_v1", 20 if depth is None else depth, layers_per_unit=2)
    channels = channels_per_stage(width, doubling(64, len(counts)))
    first = _module(GOOGLENET[0][0], large_kernel)
    stages = [[first.scaled(out)] * count for out, count in zip(channels, counts, strict=True)]
    stem = small_stem(builder, in_channels, channels[0])
    # Module 4a has 512 output channels; the heads are scaled from GoogLeNet's like their stage.
    return NetworkBody(stem, channels[0], stages, scale=channels[len(counts) // 2] / 512, between=PADDED)


def _auxiliary_indices(counts: list[int]) -> list[int]:
    """Return the indices of the first and the last but one module of the middle stage; one if they are the same."""
    middle = len(counts) // 2
    first = sum(counts[:middle])
    return sorted({first, max(first, first + counts[middle] - 2)})


def _auxiliary_head(builder: UnitBuilder, in_channels: int, num_classes: int, scale: float) -> nn.Sequential:
    """Return the head of sec. 5. At 224x224 its 5x5 pooling at stride 3 leaves 4x4; here any size does."""
    channels, features = scaled_channels(128, scale), scaled_channels(1024, scale)
    return sequential(
        pool=GridPool(4),
        **builder.convolve("1", in_channels, channels, (1, 1)),
        flatten=nn.Flatten(),
        linear1=nn.Linear(16 * channels, features),
        **builder.factory.named_activation("2"),
        dropout=nn.Dropout(AUXILIARY_DROPOUT),
        linear2=nn.Linear(features, num_classes),
    )
