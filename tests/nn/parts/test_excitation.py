"""Squeeze-and-excitation: gates between 0 and 1, computed from all channels, one for each."""

import pytest
import torch
from torch import nn

from depthlab.nn import Excitation, measure_cost


def test_channels_are_scaled_by_gates_between_0_and_1() -> None:
    torch.manual_seed(0)
    layer, x = Excitation(8, 2), torch.randn(3, 8, 5, 6)
    gates = layer.gates(x)
    assert gates.shape == (3, 8)
    assert ((gates > 0) & (gates < 1)).all()
    torch.testing.assert_close(layer(x), x * gates.view(3, 8, 1, 1))


def test_gates_follow_from_the_means_as_equations_2_and_3_have_it() -> None:
    torch.manual_seed(0)
    layer, x = Excitation(6, 3), torch.randn(2, 6, 4, 4)
    for image, gates in zip(x, layer.gates(x), strict=True):
        squeezed = layer.reduce.weight @ image.mean(dim=(1, 2)) + layer.reduce.bias
        excited = layer.expand.weight @ squeezed.clamp(min=0) + layer.expand.bias
        torch.testing.assert_close(gates, 1 / (1 + (-excited).exp()))


def test_where_a_channel_is_changes_nothing_and_what_it_holds_moves_the_others() -> None:
    torch.manual_seed(0)
    layer, x = Excitation(4, 1), torch.rand(1, 4, 3, 3)
    torch.testing.assert_close(layer.gates(x.flip(3)), layer.gates(x))
    more = x.clone()
    more[:, 0] += 1
    assert not torch.allclose(layer.gates(more)[:, 1:], layer.gates(x)[:, 1:])


def test_weights_of_zero_halve() -> None:
    layer, x = Excitation(4, 2), torch.randn(2, 4, 3, 3)
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(layer(x), x / 2)


@pytest.mark.parametrize(("channels", "ratio", "squeezed"), [(64, 16, 4), (20, 16, 1), (12, 1, 12)])
def test_it_costs_two_matrices_between_channels_and_the_squeezed(channels: int, ratio: int, squeezed: int) -> None:
    cost = measure_cost(Excitation(channels, ratio), (channels, 5, 5))
    assert cost.multiply_adds == 2 * channels * squeezed
    assert cost.parameters == 2 * channels * squeezed + channels + squeezed


def test_a_ratio_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"parts\.excitation=16 leaves nothing of a unit's 8 channels: type"):
        Excitation(8, 16)
