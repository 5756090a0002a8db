"""Parameters, multiply-adds and receptive fields are those of the papers; costs follow from the closed form."""

import re

import pytest
import torch

from depthlab.models import resnet
from depthlab.nn import Cost, measure_cost, measure_receptive_field
from tests.models.table import TABLE, Row


def takes_long(row: Row) -> bool:
    """Tell whether a network has large images or, by a number in its name, a hundred layers."""
    return row.image > 32 or any(int(number) >= 100 for number in re.findall(r"\d+", row.name))


EVERY_ROW = pytest.mark.parametrize(
    "row", [pytest.param(row, marks=pytest.mark.slow if takes_long(row) else (), id=row.name) for row in TABLE]
)


def test_names_are_used_once() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)


@EVERY_ROW
def test_a_network_costs_what_the_table_says(row: Row) -> None:
    with torch.device("meta"):
        net = row.build()
    cost = measure_cost(net, (3, row.image, row.image))
    assert row.parameters in (None, cost.parameters)
    assert row.multiply_adds in (None, cost.multiply_adds)
    assert row.receptive_field is None or measure_receptive_field(net) == (row.receptive_field,) * 2
    if row.millions is not None:
        digits = len(row.millions.partition(".")[2])
        assert f"{cost.parameters / 1e6:.{digits}f}" == row.millions


def test_every_row_holds_something_against_the_network() -> None:
    figures = [(row.parameters, row.multiply_adds, row.receptive_field, row.millions) for row in TABLE]
    assert all(any(figure is not None for figure in row) for row in figures)


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
