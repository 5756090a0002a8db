"""Weights at the start: their statistics against the papers' formulas."""

import math

import pytest
import torch
from torch import nn

from depthlab.nn import initialize


@pytest.mark.parametrize(
    ("convolution", "std"),
    [
        (nn.Conv2d(64, 256, 3), math.sqrt(2 / (9 * 256))),
        (nn.Conv2d(128, 512, 1), math.sqrt(2 / 512)),
        (nn.Conv2d(256, 256, 3, groups=4), math.sqrt(2 / (9 * 256))),
        (nn.Conv2d(64, 128, (1, 5)), math.sqrt(2 / (5 * 128))),
    ],
)
def test_convolutions_are_normal_with_variance_2_over_k_k_out(convolution: nn.Conv2d, std: float) -> None:
    torch.manual_seed(0)
    initialize(convolution)
    weight = convolution.weight.detach()
    error = std / math.sqrt(weight.numel())
    assert abs(weight.mean().item()) < 5 * error
    assert abs(weight.std().item() - std) < 5 * error
    assert 0.6 < (weight.abs() < std).float().mean() < 0.76  # 0.68 for a normal, 0.58 for a uniform distribution
    assert convolution.bias is not None
    assert convolution.bias.count_nonzero() == 0


@pytest.mark.parametrize(
    ("convolution", "std"),
    [
        (nn.Conv2d(64, 256, 3), math.sqrt(2 / (9 * 64))),
        (nn.Conv2d(256, 256, 3, groups=4), math.sqrt(2 / (9 * 64))),
    ],
)
def test_with_fan_in_the_variance_is_2_over_what_a_filter_reads(convolution: nn.Conv2d, std: float) -> None:
    torch.manual_seed(0)
    initialize(convolution, fan="in")
    assert abs(convolution.weight.std().item() - std) < 5 * std / math.sqrt(convolution.weight.numel())


def test_batch_norm_starts_as_weight_1_and_bias_0() -> None:
    norm = nn.BatchNorm2d(8)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    initialize(nn.Sequential(norm))
    assert torch.equal(norm.weight, torch.ones(8))
    assert torch.equal(norm.bias, torch.zeros(8))


def test_linear_is_uniform_within_the_root_of_its_features() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 1000)
    nn.init.zeros_(linear.weight)
    initialize(linear)
    assert 0.12 < linear.weight.abs().max() <= 0.125
    assert abs(linear.weight.std().item() - 0.125 / math.sqrt(3)) < 0.001


def test_the_seed_decides_the_weights() -> None:
    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        convolution = nn.Conv2d(3, 4, 3)
        initialize(convolution)
        return convolution.weight.detach()

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))
