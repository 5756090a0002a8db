"""Activations by name, and the factors that keep the size of features through them."""

import math

import pytest
import torch
from torch import nn

from depthlab.nn.parts import ACTIVATIONS, activation_gain


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_is_pytorchs_of_its_name_and_not_in_place(name: str) -> None:
    layer, x = ACTIVATIONS[name](), torch.linspace(-2, 2, 9).view(1, 9, 1, 1)
    before = x.clone()
    assert type(layer).__name__.lower() == name.replace("_", "")
    assert layer(x).shape == x.shape
    assert torch.equal(x, before)


@pytest.mark.parametrize("name", ["relu", "tanh", "selu", "sigmoid", "leaky_relu"])
def test_the_gain_is_pytorchs_where_that_has_one(name: str) -> None:
    assert activation_gain(name) == pytest.approx(nn.init.calculate_gain(name))


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "prelu", "rrelu"])
def test_through_a_relu_the_gain_keeps_the_mean_square(name: str) -> None:
    torch.manual_seed(0)
    y = ACTIVATIONS[name]().eval()(torch.randn(400_000))
    assert activation_gain(name) * y.square().mean().sqrt().item() == pytest.approx(1, abs=0.01)


def test_the_others_have_relus() -> None:
    assert {activation_gain(name) for name in ("gelu", "silu", "mish", "elu", "softplus")} == {math.sqrt(2)}
