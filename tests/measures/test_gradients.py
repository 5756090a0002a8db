"""Gradient norms by layer: against autograd, and what must not change."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab import models
from depthlab.measures.gradients import measure_gradients

CIFAR_LIKE = {"num_classes": 10, "in_channels": 3}


def batches(*sizes: int) -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(0)
    return [
        (torch.randn(size, 3, 8, 8, generator=generator), torch.randint(10, (size,), generator=generator))
        for size in sizes
    ]


def test_norms_are_autograds_mean_over_batches() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
    found = measure_gradients(net, batches(6, 9))
    expected: dict[str, list[float]] = {"0": [], "4": []}
    for images, labels in batches(6, 9):
        net.zero_grad()
        F.cross_entropy(net(images), labels).backward()
        for name, norms in expected.items():
            norms.append(float(net[int(name)].weight.grad.norm()))
    assert [(value.layer, value.of) for value in found] == [("0", "weight"), ("4", "weight")]
    assert [value.value for value in found] == pytest.approx([sum(norms) / 2 for norms in expected.values()], rel=1e-5)


def test_a_loss_twice_as_large_has_gradients_twice_as_large() -> None:
    net = models.plain(depth=8, **CIFAR_LIKE)
    once = measure_gradients(net, batches(8))
    twice = measure_gradients(net, batches(8), loss=lambda scores, labels: 2 * F.cross_entropy(scores, labels))
    assert [value.value for value in twice] == pytest.approx([2 * value.value for value in once], rel=1e-4)


def test_every_weighted_layer_of_the_main_path_is_there() -> None:
    found = measure_gradients(models.resnet(depth=20, shortcut="B", **CIFAR_LIKE), batches(4))
    assert len(found) == 20
    assert found[0].layer == "stem.conv" and found[-1].layer.startswith("head")
    assert all(value.value > 0 for value in found)


def test_the_network_and_the_generators_are_left_as_they_were() -> None:
    net = models.resnet(depth=8, dropout=0.5, **CIFAR_LIKE).eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()
    first = measure_gradients(net, batches(8))
    assert measure_gradients(net, batches(8)) == first, "dropout draws from a fixed seed"
    assert torch.equal(state, torch.get_rng_state())
    assert not any(module.training for module in net.modules())
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert all(parameter.grad is None for parameter in net.parameters())


def test_labels_may_be_shares_of_classes() -> None:
    net = models.plain(depth=8, **CIFAR_LIKE)
    ((images, labels),) = batches(8)
    shares = F.one_hot(labels, 10).float()
    hard, soft = measure_gradients(net, [(images, labels)]), measure_gradients(net, [(images, shares)])
    assert [value.value for value in soft] == pytest.approx([value.value for value in hard], rel=1e-5)


def test_auxiliary_heads_are_left_out() -> None:
    net = models.inception_v1(num_classes=10, in_channels=3)
    names = [value.layer for value in measure_gradients(net, batches(4))]
    assert names and not any(name.startswith("auxiliary") for name in names)
