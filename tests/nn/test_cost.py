"""Costs against the closed form."""

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import Cost, measure_cost


@pytest.mark.parametrize(
    ("net", "image", "parameters", "multiply_adds"),
    [
        (nn.Conv2d(3, 8, 3, padding=1), (3, 10, 12), 8 * 3 * 9 + 8, 10 * 12 * 8 * 3 * 9),
        (nn.Conv2d(3, 8, 3, stride=2, padding=1), (3, 9, 9), 8 * 3 * 9 + 8, 5 * 5 * 8 * 3 * 9),
        (nn.Conv2d(8, 8, 3, padding=1, groups=4, bias=False), (8, 4, 4), 8 * 2 * 9, 16 * 8 * 2 * 9),
        (nn.Sequential(nn.Flatten(), nn.Linear(12, 5)), (3, 2, 2), 12 * 5 + 5, 12 * 5),
        (nn.Sequential(nn.Flatten(), nn.Linear(12, 5, bias=False)), (3, 2, 2), 12 * 5, 12 * 5),
        (nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2)), (3, 4, 4), 6, 0),
    ],
)
def test_cost_is_the_closed_form(
    net: nn.Module, image: tuple[int, int, int], parameters: int, multiply_adds: int
) -> None:
    assert measure_cost(net, image) == Cost(parameters=parameters, multiply_adds=multiply_adds)


def test_frozen_parameters_are_not_counted() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 4, 1)).requires_grad_(False)
    net[1].requires_grad_(True)
    assert measure_cost(net, (3, 2, 2)) == Cost(parameters=36, multiply_adds=4 * (24 + 32))


def test_shared_parameters_count_once_but_work_twice() -> None:
    conv = nn.Conv2d(3, 3, 1, bias=False)
    assert measure_cost(nn.Sequential(conv, conv), (3, 2, 2)) == Cost(parameters=9, multiply_adds=2 * 36)


def test_a_network_built_on_the_meta_device_costs_the_same() -> None:
    with torch.device("meta"):
        net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    assert measure_cost(net, (3, 2, 2)) == Cost(parameters=24, multiply_adds=48)


def test_measuring_computes_nothing_and_leaves_the_network_as_it_was() -> None:
    devices: list[str] = []
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)).train()
    net[0].register_forward_hook(lambda _m, _i, y: devices.append(y.device.type))
    before = {key: value.clone() for key, value in net.state_dict().items()}
    measure_cost(net, (3, 2, 2))
    assert devices == ["meta"]
    assert all(module.training for module in net.modules())
    assert all(value.device.type == "cpu" for value in net.state_dict().values())
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


class Choosy(nn.Module):
    """Looks at a value in its forward pass, which the meta device doesn't have."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return y if y.sum().item() > 1e9 else y.mean(dim=(2, 3))


def test_a_network_that_needs_values_is_run_for_real() -> None:
    assert measure_cost(Choosy(), (3, 2, 2)) == Cost(parameters=16, multiply_adds=48)


def test_a_network_that_fails_everywhere_says_so() -> None:
    with pytest.raises(RuntimeError, match="channels"):
        measure_cost(nn.Conv2d(3, 4, 1), (1, 2, 2))
