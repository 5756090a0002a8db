"""Parts in every family: which slots each reads, random combinations of them, and nothing changed without any."""

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from depthlab import models
from depthlab.nn import DropPath, Excitation, Network, Parts, Sum, measure_cost, measure_receptive_field
from depthlab.nn.parts import ACTIVATIONS, CHOICES, SLOTS
from tests.models.drawn import DRAWN
from tests.models.test_contracts import build as build_form

# the least of each family that has all its kinds of layers, with rates that dropout and drop_path have a use for
SMALL: dict[str, dict[str, Any]] = {
    "plain": {"depth": [1, 1], "width": 0.5},
    "resnet": {"depth": [1, 1], "width": 0.5, "drop_path": 0.2},
    "preresnet": {"depth": [1, 1], "width": 0.5, "drop_path": 0.2},
    "wide_resnet": {"depth": [1, 1], "width": [16, 24], "drop_path": 0.2},
    "resnext": {"depth": [1, 1], "width": [32, 48], "cardinality": 4, "group_width": 4, "drop_path": 0.2},
    "densenet": {"depth": [1, 2], "growth_rate": 8, "bottleneck": True, "compression": 0.5},
    "vgg": {"depth": [1, 2, 1, 1, 1], "width": [8, 8, 16, 16, 16], "head": "hidden"},
    "nin": {"depth": [1, 1, 1], "width": [16, 16, 16]},
    "alexnet": {"depth": [1, 2, 2], "width": [16, 16, 16, 16, 16], "hidden": 20},
    "inception_v1": {"depth": [1, 1], "width": [64, 128]},
    "inception_v2": {"depth": [1, 1], "width": [64, 128]},
    "inception_v3": {"width": [64, 96, 128]},
    "mlp": {"depth": 3, "width": 0.0625, "image_size": 16},
    "locally_connected": {"depth": [1, 1], "width": [8, 16], "image_size": 16, "sharing": True},
}
EVERYWHERE = ("convolution", "excitation", "pool", "activation", "normalization", "initialization", "dropout")
READS = dict.fromkeys(SMALL, EVERYWHERE) | {"mlp": ("activation", "normalization", "initialization", "dropout")}
READS |= {family: (*EVERYWHERE, "drop_path") for family in SMALL if "drop_path" in SMALL[family]}
# what a family can't have of a slot that it reads
LACKS: dict[str, dict[str, tuple[str, ...]]] = {
    **{key: {"pool": ("strided", "none")} for key in ("inception_v1", "inception_v2", "inception_v3")},
    "mlp": {"normalization": ("lrn",), "dropout": ("spatial",)},
    "vgg": {"normalization": ("lrn",)},  # the hidden features of its head
}
EVERY_FAMILY = pytest.mark.parametrize("family", SMALL)
ONE_OF_EACH = {form.split()[0]: form for form in DRAWN}.values()
GROUPED = ("grouped", "shuffled")


def build(family: str, parts: Mapping[str, Any] | Parts | None = None, **arguments: Any) -> Network:
    torch.manual_seed(0)
    make: Callable[..., Network] = getattr(models, family)
    return make(**{"num_classes": 5, "dropout": 0.1, **SMALL[family], **arguments}, parts=parts)


def images(n: int = 16) -> Tensor:
    return torch.randn(n, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def choices(family: str, slot: str) -> list[Any]:
    if slot == "excitation":
        return [2, 4]
    lacking = LACKS.get(family, {}).get(slot, ())
    uneven = GROUPED if family == "inception_v3" and slot == "convolution" else ()  # its channels at this width
    return [name for name in CHOICES[slot] if name not in (*lacking, *uneven)]


def drawn_slots(family: str, seed: int) -> dict[str, Any]:
    """Draw a value for most of the slots that a family reads; `bad` weights are on purpose, and have their own test."""
    chance = random.Random(f"{family} {seed}")
    slots = {slot: chance.choice(choices(family, slot)) for slot in READS[family] if chance.random() < 0.8}
    if slots.get("initialization") == "bad":
        del slots["initialization"]
    if slots.get("convolution") in GROUPED:
        slots["groups"] = chance.choice([None, 2])
    return slots


DRAWS = [(family, seed) for family in SMALL for seed in range(3)]


@pytest.mark.parametrize(("family", "seed"), DRAWS)
def test_any_combination_trains_and_treats_every_image_alone(family: str, seed: int) -> None:
    slots = drawn_slots(family, seed)
    net = build(family, slots)
    x = images()
    nn.functional.cross_entropy(net(x), torch.arange(16) % 5).backward()
    for (
        name,
        parameter,
    ) in net.named_parameters():  # those of a squeezed feature may get 0, if ReLU is off for all images
        assert parameter.grad is not None, (name, slots)
        assert parameter.grad.isfinite().all(), (name, slots)
        squeezed = ".excitation.reduce." in name or ".excitation.expand.weight" in name
        assert squeezed or parameter.grad.count_nonzero() > 0, (name, slots)
    net.eval()
    together = net(x[:4])
    assert together.shape == (4, 5)
    torch.testing.assert_close(torch.cat([net(image[None]) for image in x[:4]]), together, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(together[0], together[1], rtol=0, atol=0)


@pytest.mark.parametrize(("slot", "name"), [(slot, name) for slot in CHOICES for name in CHOICES[slot]])
def test_every_name_of_every_slot_builds_a_resnet_that_computes(slot: str, name: str) -> None:
    net = build("resnet", {slot: name})
    scores = net(images(4))
    assert scores.shape == (4, 5)
    assert scores.isfinite().all()


@EVERY_FAMILY
def test_each_slot_that_a_family_reads_changes_what_it_is_made_of(family: str) -> None:
    own = text_of(build(family))
    for slot in READS[family]:
        others = [text_of(build(family, {slot: value})) for value in choices(family, slot)[:6]]
        assert any(other != own for other in others), slot
        assert len(set(others)) > 1, slot


@EVERY_FAMILY
def test_a_slot_that_a_family_has_no_use_for_is_refused_in_one_line(family: str) -> None:
    for slot in set(CHOICES) | {"excitation"}:
        if slot in READS[family]:
            continue
        value = 4 if slot == "excitation" else CHOICES[slot][0]
        with pytest.raises(ValueError) as caught, torch.device("meta"):
            build(family, {slot: value})
        said = str(caught.value)
        assert said.startswith(f"parts.{slot}={value} does nothing: {family} has no use for it, it reads ")
        assert said.endswith(f"; type parts.{slot}=null")
        assert set(READS[family]) <= set(said.partition("reads ")[2].partition(";")[0].split(", "))
        assert "\n" not in said


@EVERY_FAMILY
def test_what_a_family_can_not_have_of_a_slot_is_refused_with_what_it_can(family: str) -> None:
    for slot, names in LACKS.get(family, {}).items():
        for name in names:
            with pytest.raises(ValueError, match=rf"type parts\.{slot}=") as caught, torch.device("meta"):
                build(family, {slot: name})
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("family", "arguments", "slots", "said"),
    [
        ("locally_connected", {"sharing": False}, {"convolution": "dilated"}, "locally_connected has no use for it"),
        ("resnet", {"width": [6, 6]}, {"convolution": "grouped"}, "4 groups must divide the 6 and 6 channels"),
        ("resnet", {}, {"excitation": 16}, "parts.excitation=16 leaves nothing of a unit's 8 channels"),
        ("resnet", {"dropout": 0.0}, {"dropout": "head"}, "does nothing without a rate: dropout=0.2"),
        ("resnet", {"drop_path": 0.0}, {"drop_path": "linear"}, "does nothing without a rate: drop_path=0.2"),
        ("resnet", {"width": [1, 1]}, {"normalization": "layer"}, "sets a single channel to 0"),
        ("alexnet", {"lrn": False}, {"normalization": "group"}, "and model.lrn=false both say what alexnet has there"),
        ("mlp", {"batch_norm": False}, {"normalization": "group"}, "and model.batch_norm=false both say"),
        ("nin", {"batch_norm": True}, {"normalization": "none"}, "and model.batch_norm=true both say"),
        ("vgg", {"batch_norm": True}, {"normalization": "batch"}, "and model.batch_norm=true both say"),
        ("inception_v1", {"batch_norm": False}, {"normalization": "batch"}, "and model.batch_norm=false both say"),
    ],
)
def test_senseless_ones_are_refused_in_one_line(
    family: str, arguments: dict[str, Any], slots: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught, torch.device("meta"):
        build(family, slots, **arguments)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@EVERY_FAMILY
def test_empty_slots_are_no_slots(family: str) -> None:
    own, empty = build(family), build(family, dict.fromkeys(SLOTS))
    assert text_of(own) == text_of(empty) == text_of(build(family, Parts(excitation=0)))
    assert all(torch.equal(one, other) for one, other in zip(own.parameters(), empty.parameters(), strict=True))


@pytest.mark.parametrize("form", [pytest.param(form, marks=pytest.mark.slow if " " in form else ()) for form in DRAWN])
def test_without_parts_keys_and_weights_are_what_they_were_before_there_were_any(form: str) -> None:
    assert facts_of(build_form(tuple(form.split()))) == (DRAWN[form][0], pytest.approx(DRAWN[form][1], rel=1e-6))


def facts_of(net: nn.Module) -> tuple[str, float]:
    """Return a hash of the state dict's keys and shapes, and a sum over weights in which each tensor has its weight."""
    state = net.state_dict()
    text = json.dumps([[key, list(value.shape)] for key, value in state.items()])
    total = sum(n * value.double().abs().sum().item() for n, value in enumerate(state.values(), start=1))
    return hashlib.sha256(text.encode()).hexdigest()[:16], total


def text_of(net: nn.Module) -> str:
    """Return all that decides what a network computes, but its weights, and their size in place of them."""
    sizes = [round(parameter.std().item(), 3) if parameter.numel() > 1 else 0 for parameter in net.parameters()]
    return f"{net} {sizes}"


@pytest.mark.parametrize("family", ["plain", "resnet", "preresnet", "wide_resnet"])
def test_an_asymmetric_network_sees_as_much_and_a_dilated_one_more(family: str) -> None:
    fields = {
        kind: measure_receptive_field(build(family, {"convolution": kind}))
        for kind in ("standard", "separable", "asymmetric", "dilated")
    }
    assert fields["standard"] == fields["separable"] == fields["asymmetric"]
    assert fields["dilated"][0] > fields["standard"][0]


@pytest.mark.parametrize("family", ["plain", "resnet", "wide_resnet"])
def test_pooling_costs_what_strides_cost(family: str) -> None:
    costs = [measure_cost(build(family, {"pool": kind}), (3, 16, 16)) for kind in ("strided", "max", "average")]
    assert len(set(costs)) == 1
    whole = measure_cost(build(family, {"pool": "none"}), (3, 16, 16))
    assert whole.parameters == costs[0].parameters
    assert whole.multiply_adds > 1.9 * costs[0].multiply_adds


def test_kinds_of_convolution_in_a_resnet_cost_their_closed_form() -> None:
    def units(kind: str | None) -> int:
        net = build("resnet", {"convolution": kind})
        return sum(p.numel() for name, p in net.named_parameters() if "conv" in name and "stages" in name)

    shapes = [(8, 8), (8, 8), (8, 16), (16, 16)]
    assert units(None) == units("standard") == units("dilated") == sum(9 * c * d for c, d in shapes)
    assert units("grouped") == units("shuffled") == sum(9 * c * d // 4 for c, d in shapes)
    assert units("separable") == sum(9 * c + c * d for c, d in shapes)
    assert units("asymmetric") == sum(3 * c * d + 3 * d * d for c, d in shapes)


def test_a_unit_is_excited_before_the_sum() -> None:
    net = build("resnet", {"excitation": 4})
    for unit in net.units():
        assert isinstance(unit, Sum)
        layers = [layer for layer in unit.paths["branch"].children() if not isinstance(layer, DropPath)]
        assert isinstance(layers[-1], Excitation)


def test_bad_weights_keep_all_channels_the_same() -> None:
    net = build("plain", {"initialization": "bad"}, dropout=0.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        features = _features(net)
        torch.testing.assert_close(features, features[:, :1].expand_as(features), rtol=1e-4, atol=1e-5)
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images()), torch.arange(16) % 5).backward()
        optimizer.step()


def _features(net: Network) -> Tensor:
    x: Tensor = net.stem(images())
    for unit in net.units():
        x = unit(x)
    return x


@pytest.mark.parametrize("activation", ["relu", "tanh", "selu"])
def test_orthogonal_and_he_weights_fit_the_activation(activation: str) -> None:
    def std(kind: str) -> float:
        net = build("plain", {"initialization": kind, "activation": activation}, width=2)
        return net.get_parameter("stages.1.0.paths.branch.conv2.weight").std().item()

    gain = {"relu": 2**0.5, "tanh": 5 / 3, "selu": 0.75}[activation]
    assert std("he") == pytest.approx(gain / (9 * 64) ** 0.5, rel=0.02)
    assert std("orthogonal") == pytest.approx(gain / (9 * 64) ** 0.5, rel=0.02)
    assert std("xavier") == pytest.approx((2 / (2 * 9 * 64)) ** 0.5, rel=0.02)


def test_every_activation_stands_wherever_relu_stood() -> None:
    for family in SMALL:
        net = build(family, {"activation": "gelu"})
        assert any(isinstance(module, nn.GELU) for module in net.modules())
        assert not any(isinstance(module, nn.ReLU) for module in net.modules())
    assert len(ACTIVATIONS) >= 15
