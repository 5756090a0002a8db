"""Weights at the start: their statistics against the papers' formulas, for convolutions with and without groups."""

import math

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import LocallyConnected2d
from depthlab.nn.parts import INITIALIZATIONS, initialize_as

LAYERS = {
    "3x3": (lambda: nn.Conv2d(32, 64, 3), 9 * 32, 9 * 64),
    "grouped": (lambda: nn.Conv2d(64, 128, 3, groups=4), 9 * 16, 9 * 32),
    "depthwise": (lambda: nn.Conv2d(512, 512, 5, groups=512), 25, 25),
    "linear": (lambda: nn.Linear(300, 200), 300, 200),
    "locally connected": (lambda: LocallyConnected2d(8, 16, input_size=4, kernel_size=3, padding=1), 72, 144),
}
EVERY_LAYER = pytest.mark.parametrize("name", LAYERS)


def drawn(name: str, kind: str, *, fan: str = "out", gain: float = math.sqrt(2)) -> tuple[nn.Module, Tensor, int, int]:
    torch.manual_seed(0)
    build, fan_in, fan_out = LAYERS[name]
    layer = build()
    initialize_as(kind, nn.Sequential(layer), fan=fan, gain=gain)
    return layer, layer.weight.detach(), fan_in, fan_out


@EVERY_LAYER
@pytest.mark.parametrize("fan", ["in", "out"])
def test_he_is_normal_with_variance_gain_squared_over_fan(name: str, fan: str) -> None:
    _, weight, fan_in, fan_out = drawn(name, "he", fan=fan, gain=1.5)
    std = 1.5 / math.sqrt(fan_in if fan == "in" or name == "linear" else fan_out)
    assert weight.std().item() == pytest.approx(std, rel=5 / math.sqrt(weight.numel()))
    assert 0.65 < (weight.abs() < std).float().mean() < 0.71


@EVERY_LAYER
def test_xavier_is_uniform_by_both_fans_whatever_the_gain(name: str) -> None:
    _, weight, fan_in, fan_out = drawn(name, "xavier", gain=7.0)
    bound = math.sqrt(6 / (fan_in + fan_out))
    assert 0.98 * bound < weight.abs().max() <= bound
    assert weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=5 / math.sqrt(weight.numel()))


@EVERY_LAYER
def test_orthogonal_rows_or_columns_have_length_gain_and_stand_at_right_angles(name: str) -> None:
    layer, weight, fan_in, _ = drawn(name, "orthogonal", gain=1.5)
    groups = layer.groups if isinstance(layer, nn.Conv2d) else 16 if name == "locally connected" else 1
    for matrix in weight.reshape(groups, -1, fan_in)[:5]:
        product = matrix @ matrix.T if len(matrix) <= fan_in else matrix.T @ matrix
        torch.testing.assert_close(product, 1.5**2 * torch.eye(len(product)), atol=1e-4, rtol=0)


@EVERY_LAYER
def test_bad_weights_are_all_the_same_so_all_filters_average(name: str) -> None:
    layer, weight, fan_in, _ = drawn(name, "bad")
    assert torch.equal(weight.unique(), torch.tensor([1 / fan_in]))
    assert layer.bias is None or layer.bias.count_nonzero() == 0


@pytest.mark.parametrize("kind", INITIALIZATIONS)
def test_the_seed_decides_and_biases_and_norms_start_as_nothing(kind: str) -> None:
    def weights(seed: int) -> Tensor:
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
        nn.init.normal_(net[1].weight)
        initialize_as(kind, net, fan="out", gain=1.0)
        assert torch.equal(net[1].weight, torch.ones(4))
        assert not any(p.count_nonzero() for name, p in net.named_parameters() if name.endswith("bias"))
        return torch.cat([p.flatten() for p in net.parameters()])

    assert torch.equal(weights(1), weights(1))
    assert torch.equal(weights(1), weights(2)) == (kind == "bad")


@pytest.mark.parametrize("kind", INITIALIZATIONS)
def test_nothing_is_computed_on_the_meta_device(kind: str) -> None:
    with torch.device("meta"):
        net = nn.Sequential(nn.Conv2d(4, 4, 3, groups=2), nn.Linear(4, 2))
        initialize_as(kind, net, fan="in", gain=1.0)
    assert all(parameter.is_meta for parameter in net.parameters())
