"""Parameters and multiply-adds of published networks.

Multiply-adds are those of convolutions and linear layers for one 32x32 image with 3 channels, 10 classes unless said.
"He 2015": Deep Residual Learning, arXiv 1512.03385, whose Table 6 prints the parameters in millions.
"""

from collections.abc import Callable

import pytest
import torch

from depthlab.models import plain, resnet
from depthlab.nn import Cost, Network, measure_cost

IMAGENET_WIDTHS = [64, 128, 256, 512]

# name | constructor call | parameters | multiply-adds | source
COUNTS: list[tuple[str, Callable[[], Network], int, int, str]] = [
    ("plain-20", lambda: plain(depth=20), 269_722, 40_551_040, "He 2015 Table 6: as ResNet-20"),
    ("plain-56", lambda: plain(depth=56), 853_018, 125_485_696, "He 2015 Table 6: as ResNet-56"),
    ("resnet-20 A", lambda: resnet(depth=20), 269_722, 40_551_040, "He 2015 Table 6: 0.27 M"),
    ("resnet-32 A", lambda: resnet(depth=32), 464_154, 68_862_592, "He 2015 Table 6: 0.46 M"),
    ("resnet-44 A", lambda: resnet(depth=44), 658_586, 97_174_144, "He 2015 Table 6: 0.66 M"),
    ("resnet-56 A", lambda: resnet(depth=56), 853_018, 125_485_696, "He 2015 Table 6: 0.85 M"),
    ("resnet-110 A", lambda: resnet(depth=110), 1_727_962, 252_887_680, "He 2015 Table 6: 1.7 M"),
    ("resnet-1202 A", lambda: resnet(depth=1202), 19_421_274, 2_829_238_912, "He 2015 Table 6: 19.4 M"),
    ("resnet-20 B", lambda: resnet(depth=20, shortcut="B"), 272_474, 40_813_184, "He 2015 eq. 2, 1x1 and batch norm"),
    ("resnet-56 B", lambda: resnet(depth=56, shortcut="B"), 855_770, 125_747_840, "He 2015 eq. 2, 1x1 and batch norm"),
    (
        "resnet-18, 3x3 stem",
        lambda: resnet(depth=[2, 2, 2, 2], width=IMAGENET_WIDTHS, shortcut="B"),
        11_173_962,
        555_422_720,
        "He 2015 Table 1 with a 3x3 stem and no max-pooling, as others train it on CIFAR-10",
    ),
    (
        "resnet-50, 3x3 stem",
        lambda: resnet(depth=[3, 4, 6, 3], width=IMAGENET_WIDTHS, shortcut="B", unit="bottleneck"),
        23_520_842,
        1_297_829_888,
        "He 2015 Table 1 with a 3x3 stem, no max-pooling, and the stride in the 3x3 convolutions",
    ),
]


@pytest.mark.parametrize(
    ("build", "parameters", "multiply_adds"),
    [pytest.param(build, parameters, multiply_adds, id=name) for name, build, parameters, multiply_adds, _ in COUNTS],
)
def test_counts_are_those_of_the_paper(build: Callable[[], Network], parameters: int, multiply_adds: int) -> None:
    with torch.device("meta"):
        net = build()
    assert measure_cost(net, (3, 32, 32)) == Cost(parameters=parameters, multiply_adds=multiply_adds)


def closed_form(*, n: int, width: int, unit: str, shortcut: str, classes: int, channels: int, size: int) -> Cost:
    """Add up every layer of a three-stage network by hand."""
    features, parameters, work = 16 * width, 16 * width * (9 * channels + 2), 9 * channels * 16 * width * size**2
    for inner in (16 * width, 32 * width, 64 * width):
        for index in range(n):
            stride = 2 if inner > 16 * width and index == 0 else 1
            before, size = size, size // stride
            out = 4 * inner if unit == "bottleneck" else inner
            if unit == "bottleneck":
                parameters += features * inner + 9 * inner * inner + inner * out + 2 * (inner + inner + out)
                work += features * inner * before**2 + (9 * inner * inner + inner * out) * size**2
            else:
                parameters += 9 * features * inner + 9 * inner * inner + 4 * inner
                work += 9 * (features + inner) * inner * size**2
            if shortcut == "C" or (shortcut == "B" and (features != out or stride != 1)):
                parameters += features * out + 2 * out
                work += features * out * size**2
            features = out
    return Cost(parameters=parameters + (features + 1) * classes, multiply_adds=work + features * classes)


@pytest.mark.parametrize("unit", ["basic", "bottleneck"])
@pytest.mark.parametrize("shortcut", ["A", "B", "C"])
@pytest.mark.parametrize(("n", "width", "classes", "channels", "size"), [(1, 1, 10, 1, 8), (2, 3, 100, 3, 32)])
def test_counts_are_the_closed_form(
    unit: str, shortcut: str, n: int, width: int, classes: int, channels: int, size: int
) -> None:
    net = resnet(
        depth=(9 if unit == "bottleneck" else 6) * n + 2,
        width=width,
        unit=unit,
        shortcut=shortcut,
        num_classes=classes,
        in_channels=channels,
    )
    assert measure_cost(net, (channels, size, size)) == closed_form(
        n=n, width=width, unit=unit, shortcut=shortcut, classes=classes, channels=channels, size=size
    )
