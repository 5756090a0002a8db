"""The arithmetic of convolutions against numbers by hand and against real ones."""

import random

import pytest
import torch
from torch import nn

from depthlab.questions.anatomy.measure.closed_forms import (
    Convolution,
    asymmetric,
    chain_cost,
    chain_field,
    output_size,
    separable,
    square,
)


@pytest.mark.parametrize(
    ("numbers", "size"),
    [
        ((32, 3, 1, 1, 1), 32),
        ((32, 3, 2, 1, 1), 16),
        ((224, 7, 2, 3, 1), 112),  # He et al. 2015, Table 1
        ((224, 11, 4, 2, 1), 55),  # Krizhevsky et al. 2012, Figure 2
        ((7, 3, 2, 0, 1), 3),
        ((10, 3, 1, 0, 2), 6),
    ],
)
def test_output_size_by_hand(numbers: tuple[int, int, int, int, int], size: int) -> None:
    assert output_size(*numbers) == size


def test_costs_by_hand() -> None:
    full = square(16, 32, 3, stride=2)
    assert full.parameters == 9 * 16 * 32
    assert full.multiply_adds((32, 32)) == 9 * 16 * 32 * 16 * 16
    assert square(16, 32, 3, groups=4).parameters == full.parameters // 4
    assert Convolution(3, 8, (1, 7), bias=True).parameters == 7 * 3 * 8 + 8


@pytest.mark.parametrize("seed", range(20))
def test_a_real_convolution_is_its_closed_form(seed: int) -> None:
    draw = random.Random(seed)

    def pair(*values: int) -> tuple[int, int]:
        return draw.choice(values), draw.choice(values)

    groups = draw.choice((1, 2, 4))
    one = Convolution(
        4 * draw.randint(1, 4),
        4 * draw.randint(1, 4),
        pair(1, 2, 3, 5),
        pair(1, 2, 3),
        pair(0, 1, 2),
        pair(1, 2),
        groups,
        draw.choice((True, False)),
    )
    with torch.device("meta"):
        real = nn.Conv2d(
            one.in_channels,
            one.out_channels,
            one.kernel,
            stride=one.stride,
            padding=one.padding,
            dilation=one.dilation,
            groups=groups,
            bias=one.bias,
        )
        out = real(torch.zeros(1, one.in_channels, 17, 23))
    assert tuple(out.shape[2:]) == one.output_size((17, 23))
    assert sum(parameter.numel() for parameter in real.parameters()) == one.parameters
    assert one.multiply_adds((17, 23)) == real.weight.numel() * out.shape[2] * out.shape[3]


def test_small_kernels_stand_for_large_ones() -> None:
    two, five = [square(64, 64, 3)] * 2, [square(64, 64, 5)]
    assert chain_field(two) == chain_field(five) == (5, 5)
    assert chain_cost(two, 14)[2] * 25 == chain_cost(five, 14)[2] * 18
    assert chain_field([asymmetric(8, (1, 7)), asymmetric(8, (7, 1))]) == (7, 7)
    assert chain_field([square(8, 8, 3, stride=2), square(8, 8, 3, dilation=2)]) == (11, 11)


def test_a_chain_goes_on_where_its_last_member_left_off() -> None:
    chain = [square(4, 8, 3, stride=2), asymmetric(8, (1, 7)), asymmetric(8, (7, 1)), Convolution(8, 6, (3, 3))]
    weights = (9 * 4 * 8, 7 * 8 * 8, 7 * 8 * 8, 9 * 8 * 6)
    places = (8 * 8, 8 * 8, 8 * 8, 6 * 6)
    work = sum(weight * place for weight, place in zip(weights, places, strict=True))
    assert chain_cost(chain, 16) == (6, sum(weights), work)
    assert square(8, 8, 3, dilation=2).output_size((9, 9)) == (9, 9)
    assert asymmetric(8, (1, 7)).output_size((9, 9)) == asymmetric(8, (7, 1)).output_size((9, 9)) == (9, 9)


def test_what_is_separable_costs_one_over_channels_and_one_over_places() -> None:
    full, parts = square(32, 64, 3).multiply_adds((8, 8)), separable(32, 64, 3)
    share = sum(one.multiply_adds((8, 8)) for one in parts) / full
    assert share == pytest.approx(1 / 64 + 1 / 9)
