"""The networks of the field, with what they cost: one table for all families.

Multiply-adds are those of convolutions and linear layers for one image. Sources name paper and table; "torchvision" is
that library's variant, where it differs from the paper's network.
"""

from collections.abc import Callable
from dataclasses import dataclass

from depthlab.models import plain, resnet
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

DENSE: list[Row] = []

VGG: list[Row] = []

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
