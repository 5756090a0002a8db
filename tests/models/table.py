"""The networks of the field, with what they cost: one table for all families.

Multiply-adds are those of convolutions and linear layers for one image. Sources name paper and table; "torchvision" is
that library's variant, where it differs from the paper's network.
"""

from collections.abc import Callable
from dataclasses import dataclass

from depthlab.models import densenet, plain, resnet, vgg
from depthlab.nn import Network


@dataclass(frozen=True)
class Row:
    """A network, how to build it, and what must be counted for it; None where no figure is known."""

    name: str
    build: Callable[[], Network]
    parameters: int | None
    multiply_adds: int | None
    source: str
    image: int = 32  # side of the image in pixels
    receptive_field: int | None = None  # of the last unit, in pixels
    millions: str | None = None  # parameters as the paper prints them, with as many digits: "0.27"


IMAGENET_WIDTHS = [64, 128, 256, 512]

RESIDUAL = [
    Row("plain-20", lambda: plain(depth=20), 269_722, 40_551_040, "He 2015 Table 6: as ResNet-20", receptive_field=81),
    Row("plain-56", lambda: plain(depth=56), 853_018, 125_485_696, "He 2015 Table 6: as ResNet-56"),
    Row(
        "resnet-20 A",
        lambda: resnet(depth=20),
        269_722,
        40_551_040,
        "He 2015 Table 6",
        receptive_field=81,
        millions="0.27",
    ),
    Row(
        "resnet-32 A",
        lambda: resnet(depth=32),
        464_154,
        68_862_592,
        "He 2015 Table 6",
        receptive_field=137,
        millions="0.46",
    ),
    Row(
        "resnet-44 A",
        lambda: resnet(depth=44),
        658_586,
        97_174_144,
        "He 2015 Table 6",
        receptive_field=193,
        millions="0.66",
    ),
    Row(
        "resnet-56 A",
        lambda: resnet(depth=56),
        853_018,
        125_485_696,
        "He 2015 Table 6",
        receptive_field=249,
        millions="0.85",
    ),
    Row(
        "resnet-110 A",
        lambda: resnet(depth=110),
        1_727_962,
        252_887_680,
        "He 2015 Table 6",
        receptive_field=501,
        millions="1.7",
    ),
    Row(
        "resnet-1202 A",
        lambda: resnet(depth=1202),
        19_421_274,
        2_829_238_912,
        "He 2015 Table 6",
        millions="19.4",
    ),
    Row("resnet-20 B", lambda: resnet(depth=20, shortcut="B"), 272_474, 40_813_184, "He 2015 eq. 2, with batch norm"),
    Row("resnet-56 B", lambda: resnet(depth=56, shortcut="B"), 855_770, 125_747_840, "He 2015 eq. 2, with batch norm"),
    Row(
        "resnet-18, 3x3 stem",
        lambda: resnet(depth=[2, 2, 2, 2], width=IMAGENET_WIDTHS, shortcut="B"),
        11_173_962,
        555_422_720,
        "He 2015 Table 1 with a 3x3 stem and no max-pooling, as others train it on CIFAR-10",
    ),
    Row(
        "resnet-50, 3x3 stem",
        lambda: resnet(depth=[3, 4, 6, 3], width=IMAGENET_WIDTHS, shortcut="B", unit="bottleneck"),
        23_520_842,
        1_297_829_888,
        "He 2015 Table 1 with a 3x3 stem, no max-pooling, and the stride in the 3x3 convolutions",
    ),
]

PREACTIVATION: list[Row] = []

DENSE = [
    Row(
        "densenet-40-12",
        lambda: densenet(depth=40),
        1_019_722,
        264_812_928,
        "Huang 2017 Table 2",
        receptive_field=174,
        millions="1.0",
    ),
    Row("densenet-100-12", lambda: densenet(depth=100), 6_979_642, 1_769_516_448, "Huang 2017 Table 2", millions="7.0"),
    Row(
        "densenet-100-24",
        lambda: densenet(depth=100, growth_rate=24),
        27_249_082,
        6_889_347_744,
        "Huang 2017 Table 2",
        millions="27.2",
    ),
    Row(
        "densenet-bc-100-12",
        lambda: densenet(depth=100, bottleneck=True, compression=0.5),
        769_162,
        287_929_692,
        "Huang 2017 Table 2",
        millions="0.8",
    ),
    Row(
        "densenet-bc-250-24",
        lambda: densenet(depth=250, growth_rate=24, bottleneck=True, compression=0.5),
        None,
        None,
        "Huang 2017 Table 2",
        millions="15.3",
    ),
    Row(
        "densenet-bc-190-40",
        lambda: densenet(depth=190, growth_rate=40, bottleneck=True, compression=0.5),
        25_624_430,
        9_301_945_740,
        "Huang 2017 Table 2",
        millions="25.6",
    ),
    Row(
        "densenet-121",
        lambda: densenet(depth=121, form="imagenet", num_classes=1000),
        7_978_856,
        2_834_161_664,
        "Huang 2017 Table 1, as torchvision has it",
        image=224,
        receptive_field=2071,
    ),
    Row(
        "densenet-161",
        lambda: densenet(depth=161, form="imagenet", num_classes=1000),
        28_681_000,
        7_727_907_072,
        "Huang 2017 Table 1 with growth rate 48, as torchvision has it",
        image=224,
        millions="28.7",
    ),
    Row(
        "densenet-169",
        lambda: densenet(depth=169, form="imagenet", num_classes=1000),
        14_149_480,
        3_359_843_328,
        "Huang 2017 Table 1, as torchvision has it",
        image=224,
    ),
    Row(
        "densenet-201",
        lambda: densenet(depth=201, form="imagenet", num_classes=1000),
        20_013_928,
        4_291_365_888,
        "Huang 2017 Table 1, as torchvision has it",
        image=224,
        millions="20.0",
    ),
]

VGG = [
    Row(
        "vgg-16-bn",
        lambda: vgg(depth=16),
        14_728_266,
        313_201_664,
        "Simonyan 2015 Table 1 D with batch norm and one linear layer, as others train it on CIFAR-10",
        receptive_field=196,
    ),
    Row(
        "vgg-16-bn, head hidden",
        lambda: vgg(depth=16, head="hidden"),
        14_991_946,
        313_463_808,
        "the same with a hidden layer of 512 features and batch norm",
    ),
    Row(
        "vgg-16-bn, head two_hidden",
        lambda: vgg(depth=16, head="two_hidden"),
        15_253_578,
        313_725_952,
        "the same with two hidden layers of 512 features",
    ),
    Row(
        "vgg-11, imagenet",
        lambda: vgg(depth=11, form="imagenet", num_classes=1000),
        132_863_336,
        7_609_090_048,
        "Simonyan 2015 Table 2 A",
        image=224,
        millions="133",
    ),
    Row(
        "vgg-11-bn, imagenet",
        lambda: vgg(depth=11, form="imagenet", batch_norm=True, num_classes=1000),
        132_868_840,
        7_609_090_048,
        "torchvision: with batch norm",
        image=224,
    ),
    Row(
        "vgg-13, imagenet",
        lambda: vgg(depth=13, form="imagenet", num_classes=1000),
        133_047_848,
        11_308_466_176,
        "Simonyan 2015 Table 2 B",
        image=224,
        millions="133",
    ),
    Row(
        "vgg-16, imagenet",
        lambda: vgg(depth=16, form="imagenet", num_classes=1000),
        138_357_544,
        15_470_264_320,
        "Simonyan 2015 Table 2 D",
        image=224,
        receptive_field=196,
        millions="138",
    ),
    Row(
        "vgg-16-bn, imagenet",
        lambda: vgg(depth=16, form="imagenet", batch_norm=True, num_classes=1000),
        138_365_992,
        15_470_264_320,
        "torchvision: with batch norm",
        image=224,
    ),
    Row(
        "vgg-19, imagenet",
        lambda: vgg(depth=19, form="imagenet", num_classes=1000),
        143_667_240,
        19_632_062_464,
        "Simonyan 2015 Table 2 E",
        image=224,
        receptive_field=252,
        millions="144",
    ),
]

ALEXNET_AND_NIN: list[Row] = []

INCEPTION: list[Row] = []

FULLY_AND_LOCALLY_CONNECTED: list[Row] = []

TABLE = [
    *RESIDUAL,
    *PREACTIVATION,
    *DENSE,
    *VGG,
    *ALEXNET_AND_NIN,
    *INCEPTION,
    *FULLY_AND_LOCALLY_CONNECTED,
]
