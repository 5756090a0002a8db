"""Responses of layers: against arithmetic by hand, whatever the family calls its layers."""

import pytest
import torch
from torch import Tensor, nn

from depthlab import models
from depthlab.questions.degradation.measure.responses import measure_responses

CIFAR_LIKE = {"num_classes": 10, "in_channels": 3}


def images(*sizes: int, seed: int = 0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(size, 3, 8, 8, generator=generator) for size in sizes]


def settled(network: nn.Module) -> nn.Module:
    """Give batch normalization statistics that are not those of its construction."""
    network.train()
    with torch.no_grad():
        for batch in images(16, 16, seed=1):
            network(batch)
    return network.eval()


def test_a_response_is_what_normalization_puts_out() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 2, 3), nn.ReLU())
    settled(net)
    found = measure_responses(net, images(5, 7))
    with torch.no_grad():
        whole = torch.cat(images(5, 7))
        normalized = net[1](net[0](whole))
        raw = net[3](torch.relu(normalized))
    assert [(value.layer, value.of) for value in found] == [("0", "normalization"), ("3", "layer itself")]
    assert found[0].value == pytest.approx(float(normalized.std(correction=0)), rel=1e-5)
    assert found[1].value == pytest.approx(float(raw.std(correction=0)), rel=1e-5)


@pytest.mark.parametrize("inplace", [False, True])
def test_what_follows_does_not_change_what_was_heard(inplace: bool) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=inplace)).eval()
    batch = images(4)
    with torch.no_grad():
        expected = float(net[1](net[0](batch[0])).std(correction=0))
    assert measure_responses(net, batch)[0].value == pytest.approx(expected, rel=1e-5)


def test_how_images_are_batched_does_not_matter() -> None:
    net = settled(models.resnet(depth=8, **CIFAR_LIKE))
    (whole,) = images(12)
    one, parts = measure_responses(net, [whole]), measure_responses(net, [whole[:5], whole[5:6], whole[6:]])
    assert [value.value for value in parts] == pytest.approx([value.value for value in one], rel=1e-5)


@pytest.mark.parametrize("family", [models.plain, models.resnet])
def test_plain_and_residual_networks_have_a_response_for_each_layer(family) -> None:
    found = measure_responses(settled(family(depth=20, **CIFAR_LIKE)), images(4))
    assert len(found) == 19, "20 weighted layers, of which the last is linear"
    assert {value.of for value in found} == {"normalization"}
    assert found[0].layer == "stem.conv"
    assert all(value.value > 0 for value in found)


def test_projections_are_beside_the_path() -> None:
    found = measure_responses(settled(models.resnet(depth=8, shortcut="B", **CIFAR_LIKE)), images(4))
    assert len(found) == 7
    assert not any("skip" in value.layer for value in found)


def test_a_scaled_normalization_scales_its_response_alone() -> None:
    net = settled(models.plain(depth=8, **CIFAR_LIKE))
    before = measure_responses(net, images(4))
    with torch.no_grad():
        last = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)][-1]
        last.weight.mul_(3)
        last.bias.mul_(3)
    after = measure_responses(net, images(4))
    ratios = [b.value / a.value for a, b in zip(before, after, strict=True)]
    assert ratios[-1] == pytest.approx(3, rel=1e-4)
    assert ratios[:-1] == pytest.approx([1] * (len(ratios) - 1), rel=1e-6)


@pytest.mark.parametrize(
    ("family", "of"),
    [
        ("preresnet", {"normalization", "layer itself"}),  # the last convolution of a unit goes into the sum as it is
        ("nin", {"layer itself"}),
        ("mlp", {"normalization"}),
        ("locally_connected", None),
        ("densenet", None),
        ("wide_resnet", None),
    ],
)
def test_every_family_has_responses(family: str, of: set[str] | None) -> None:
    depths = {"preresnet": 8, "densenet": 10, "wide_resnet": 10, "nin": 9, "mlp": 4, "locally_connected": 5}
    more = {"depth": depths[family]} | ({"image_size": 8} if family in ("mlp", "locally_connected") else {})
    net = settled(getattr(models, family)(**more, **CIFAR_LIKE))
    found = measure_responses(net, images(4))
    assert found and all(value.value >= 0 for value in found)
    assert of is None or {value.of for value in found} == of


def test_the_network_is_left_as_it_was() -> None:
    net = models.resnet(depth=8, **CIFAR_LIKE).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    measure_responses(net, images(4))
    assert net.training and all(module.training for module in net.modules())
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert not any(module._forward_hooks for module in net.modules())
