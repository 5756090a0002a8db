"""How alike gradients are at inputs near each other."""

import copy

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import mlp, plain, resnet
from depthlab.questions.paths.measure.nearby_gradients import (
    autocorrelation,
    measure_nearby_gradients,
    with_own_statistics,
)


def images(count: int, seed: int) -> Tensor:
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


def lines(count: int = 4) -> tuple[Tensor, Tensor, Tensor]:
    return images(count, 0), images(count, 1), torch.arange(count) % 10


class Quadratic(nn.Module):
    """Scores whose gradient is the input itself: along a line it moves evenly."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1).pow(2).sum(dim=1, keepdim=True).expand(-1, 10) / 2


def test_white_noise_has_no_correlation_and_brown_noise_has() -> None:
    white = torch.randn(256, 400, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    of_white, of_brown = autocorrelation(white), autocorrelation(white.cumsum(dim=0))
    assert of_white is not None and of_brown is not None
    assert of_white[0] == of_brown[0] == 1
    expected = -(256 - torch.arange(1, 256, dtype=torch.float64)) / 256**2
    assert torch.allclose(of_white[1:], expected, atol=0.02) and of_brown[1] > 0.95


def test_it_is_the_autocorrelation_of_a_time_series() -> None:
    series = torch.tensor([[1.0], [3.0], [2.0], [6.0]])
    apart = [-2.0, 0.0, -1.0, 3.0]
    expected = [sum(a * b for a, b in zip(apart, apart[lag:], strict=False)) / 14 for lag in range(4)]
    found = autocorrelation(series)
    assert found is not None and found.tolist() == pytest.approx(expected)
    assert autocorrelation(torch.ones(4, 2)) is None


def test_gradients_of_a_score_that_bends_evenly_form_a_ramp() -> None:
    starts, ends, labels = lines()
    found = measure_nearby_gradients(Quadratic(), starts, ends, labels, points=9)
    ramp = autocorrelation(torch.arange(9.0)[:, None])
    assert ramp is not None and found.correlation == pytest.approx(tuple(ramp.tolist()), abs=1e-5)
    assert found.neighbors == pytest.approx([ramp[1].item()] * 4, abs=1e-5) and found.lines == 4 and found.dead == 0
    expected = (ends - starts).flatten(1).pow(2).mean(dim=1).sqrt().mean() / 8
    assert found.step == pytest.approx(expected.item(), rel=1e-5)


def test_a_score_that_does_not_bend_has_no_correlation() -> None:
    linear = nn.Sequential(nn.Flatten(), nn.Linear(192, 10))
    found = measure_nearby_gradients(linear, *lines(), points=5)
    assert found.dead == 4 and found.correlation == () and found.neighbors == ()


def test_it_reads_the_class_of_the_line_s_start() -> None:
    class OneBends(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            scores = torch.zeros(len(x), 10)
            return scores + nn.functional.one_hot(torch.tensor(3), 10) * x.flatten(1).pow(2).sum(dim=1, keepdim=True)

    starts, ends, _ = lines(3)
    assert measure_nearby_gradients(OneBends(), starts, ends, torch.tensor([3, 1, 3]), points=5).dead == 1


@pytest.mark.slow
def test_deep_plain_gradients_shatter_and_residual_ones_less() -> None:
    """Balduzzi et al. 2017 at the initial weights: the order of a shallow, a residual and a deep plain network."""
    found = {}
    for name, net in (("shallow", plain(depth=8)), ("residual", resnet(depth=56)), ("deep", plain(depth=56))):
        torch.manual_seed(0)
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
        ready = with_own_statistics(net, [images(64, seed) for seed in range(2, 4)])
        found[name] = measure_nearby_gradients(ready, *lines(2), points=32).correlation[1]
    assert found["shallow"] > found["residual"] > found["deep"] and found["deep"] < 0.3


def test_own_statistics_are_those_of_the_batches_and_the_network_stays() -> None:
    torch.manual_seed(0)
    net = resnet(depth=8).train()
    before = copy.deepcopy(net.state_dict())
    ready = with_own_statistics(net, [images(32, 5)])
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items()) and net.training
    assert not ready.training and not any(module.training for module in ready.modules())
    first, norm = net.stem.conv, ready.stem.norm
    assert torch.allclose(norm.running_mean, first(images(32, 5)).mean(dim=(0, 2, 3)), atol=1e-5)
    assert norm.momentum == net.stem.norm.momentum


def test_a_network_without_normalization_will_do() -> None:
    net = mlp(depth=3, in_channels=3, image_size=8)
    ready = with_own_statistics(net, [images(8, 0)])
    assert measure_nearby_gradients(ready, *lines(2), points=8).points == 8
