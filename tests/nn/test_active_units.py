"""Some of the units at a time: exactly so many, the same ones in the same step, the network as it was afterwards."""

import copy
from collections import Counter

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import densenet, plain, preresnet, resnet
from depthlab.nn import ActiveUnits, Network, scale_branches, units_with_skip

IMAGES = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def build(family, **settings) -> Network:
    torch.manual_seed(0)
    return family(**settings)


def called(net: Network, active: ActiveUnits, step: int) -> list[int]:
    """Return the places of the units whose branch was computed with gradients."""
    seen: list[int] = []
    hooks = [
        unit.paths["branch"].register_forward_hook(
            lambda m, x, y, place=place: seen.append(place) if y.requires_grad else None
        )
        for place, unit in enumerate(active.units)
    ]
    with active.active(step):
        net(IMAGES)
    for hook in hooks:
        hook.remove()
    return seen


@pytest.mark.parametrize("family", [resnet, preresnet, densenet])
def test_exactly_so_many_units_are_active(family) -> None:
    net = build(family, depth=10 if family is densenet else 14)
    active = ActiveUnits(net, 4, seed=0)
    for step in range(5):
        assert called(net, active, step) == active.chosen(step) and len(active.chosen(step)) == 4


def test_the_choice_hangs_on_seed_and_step_alone() -> None:
    net = build(resnet, depth=20)
    one, same, other = (ActiveUnits(net, 4, seed=seed) for seed in (0, 0, 1))
    steps = range(50)
    assert [one.chosen(step) for step in reversed(steps)] == [same.chosen(step) for step in reversed(steps)]
    assert [one.chosen(step) for step in steps] != [other.chosen(step) for step in steps]
    random_state = torch.get_rng_state()
    one.chosen(3)
    assert torch.equal(torch.get_rng_state(), random_state)


def test_every_unit_is_as_likely_as_any_other() -> None:
    active = ActiveUnits(build(resnet, depth=20), 3, seed=5)
    counts = Counter(place for step in range(3000) for place in active.chosen(step))
    assert all(abs(counts[place] - 1000) < 120 for place in range(9))  # four standard deviations and more


def test_a_unit_that_is_not_active_is_its_skip() -> None:
    net = build(resnet, depth=8).eval()
    active = ActiveUnits(net, 1, seed=0)
    (place,) = active.chosen(0)
    expected: Tensor = net.stem(IMAGES)
    for number, unit in enumerate(net.units()):
        branch = unit.paths["branch"](expected) if number == place else 0
        expected = torch.relu(unit.paths["skip"](expected) + branch)
    with active.active(0):
        assert torch.allclose(net(IMAGES), net.head(expected), atol=1e-5)


@pytest.mark.parametrize("family", [preresnet, densenet])
def test_in_evaluation_a_unit_is_the_mean_over_all_choices(family) -> None:
    net = build(family, depth=10 if family is densenet else 8).eval()
    active = ActiveUnits(net, 1, seed=0)
    unit = active.units[0]
    x = net.stem(IMAGES)
    given = {}
    for step in range(50):
        with active.active(step):
            given[active.chosen(step)[0]] = unit(x)
    assert set(given) == set(range(len(active.units)))
    scale_branches(net, 1)
    mean = sum(given.values(), start=torch.zeros(())) / len(given)
    assert torch.allclose(unit(x), mean, atol=1e-5)


def test_branches_are_scaled_in_evaluation_alone_and_in_copies_too() -> None:
    net = build(resnet, depth=8)
    before = copy.deepcopy(net)
    scale_branches(net, 2)
    assert list(net.state_dict()) == list(before.state_dict())
    assert torch.equal(net.train()(IMAGES), before.train()(IMAGES))
    scores = net.eval()(IMAGES)
    assert torch.equal(copy.deepcopy(net)(IMAGES), scores) and not torch.equal(before.eval()(IMAGES), scores)
    for unit in before.units():
        unit.paths["branch"].register_forward_hook(lambda m, x, y: y * (2 / 3))
    assert torch.equal(before(IMAGES), scores)


def test_all_units_active_is_the_network_itself() -> None:
    net = build(densenet, depth=10).eval()
    whole = net(IMAGES)
    scale_branches(net, 6)
    with ActiveUnits(net, 6, seed=0).active(7):
        assert torch.equal(net(IMAGES), whole)
    assert torch.equal(net(IMAGES), whole)


def test_what_is_not_active_learns_nothing_and_keeps_its_statistics() -> None:
    for family, depth in ((resnet, 14), (densenet, 10)):
        net = build(family, depth=depth).train()
        active = ActiveUnits(net, 2, seed=0)
        before = copy.deepcopy(net.state_dict())
        with active.active(0):
            net(IMAGES).sum().backward()
        for place, unit in enumerate(active.units):
            given = [parameter.grad is not None for parameter in unit.paths["branch"].parameters()]
            assert set(given) == {place in active.chosen(0)}
        for place, unit in enumerate(active.units):
            name = next(n for n, m in net.named_modules() if m is unit)
            norm = next(key for key in before if key.startswith(f"{name}.paths.branch") and key.endswith("mean"))
            assert torch.equal(net.state_dict()[norm], before[norm]) == (place not in active.chosen(0))


def test_the_network_is_put_back_after_an_error_too() -> None:
    net = build(resnet, depth=8).eval()
    whole = net(IMAGES)
    active = ActiveUnits(net, 1, seed=0)
    with pytest.raises(RuntimeError), active.active(0):
        net(torch.zeros(1, 2, 8, 8))
    assert torch.equal(net(IMAGES), whole)
    assert not any("forward" in vars(unit) for unit in net.units())


@pytest.mark.parametrize(
    ("net", "told"),
    [
        (lambda: build(resnet, depth=8), "the network has 3 units with a skip.*type active_units=3 or less"),
        (lambda: build(plain, depth=8), "the network has no units with a skip"),
        (lambda: nn.Linear(3, 2), "the network has no units with a skip"),
    ],
)
def test_more_units_than_there_are(net, told: str) -> None:
    with pytest.raises(ValueError, match=f"active_units=4 is not possible: {told}"):
        ActiveUnits(net(), 4, seed=0)


def test_transitions_of_one_path_are_no_such_units() -> None:
    assert len(units_with_skip(build(densenet, depth=10))) == 6 and units_with_skip(build(plain, depth=8)) == []
