"""Lesions by their laws, for every family: they restore the network, and take away what they say and nothing else."""

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from depthlab.measures.lesions import LesionSites, find_lesion_sites, removed, reordered
from depthlab.models import densenet, inception_v3, plain, preresnet, resnet, vgg
from depthlab.nn import Concat, Network, Product, Sum
from tests.models.test_contracts import ALL, build, images, images_for


@pytest.fixture(params=ALL, ids=" ".join, scope="module")
def net(request: pytest.FixtureRequest) -> Network:
    built = build(tuple(request.param)).eval()
    unsettle(built)
    return built


def unsettle(net: Network) -> None:
    """Give batch norm something to do: at its start it hardly differs from the identity."""
    generator = torch.Generator().manual_seed(2)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.1, generator=generator)
            nn.init.uniform_(module.running_var, 0.5, 1.5, generator=generator)


def snapshot(net: Network) -> tuple[list[tuple[str, int]], dict[str, Tensor], list[bool]]:
    """Return which module stands where, all tensors, and the modules' modes."""
    where = [(name, id(module)) for name, module in net.named_modules()]
    return where, copy.deepcopy(net.state_dict()), [module.training for module in net.modules()]


def assert_same(net: Network, before: tuple[list[tuple[str, int]], dict[str, Tensor], list[bool]]) -> None:
    where, state, modes = snapshot(net)
    assert where == before[0] and modes == before[2]
    assert list(state) == list(before[1])
    assert all(torch.equal(state[key], before[1][key]) for key in state)


def every_lesion(net: Network, possible: LesionSites, x: Tensor) -> Iterator[Tensor]:
    for site in possible.sites:
        with removed(net, possible, [site]) as lesioned:
            yield lesioned(x)


@pytest.mark.slow
@torch.no_grad()
def test_every_family_loses_each_of_its_elements_and_is_whole_again(net: Network) -> None:
    x = images_for(net)
    whole, before = net(x), snapshot(net)
    possible = find_lesion_sites(net, x)
    assert_same(net, before)
    lost = list(every_lesion(net, possible, x))
    assert_same(net, before)
    assert torch.equal(net(x), whole)
    assert all(logits.shape == whole.shape and logits.isfinite().all() for logits in lost)
    assert any(not torch.allclose(logits, whole) for logits in lost) or not lost
    with removed(net, possible, possible.sites) as lesioned:
        assert lesioned(x).shape == whole.shape
    units = {site.place for site in possible.sites} | {fixed_unit.place for fixed_unit in possible.fixed_units}
    assert units == set(range(len(list(net.units())))), "each unit is told, once or with its branches"
    assert not {site.place for site in possible.sites} & {fixed_unit.place for fixed_unit in possible.fixed_units}
    assert len({site.name for site in possible.sites}) == len(possible.sites)


@pytest.mark.slow
@torch.no_grad()
def test_units_that_keep_their_shape_can_trade_places_in_every_family(net: Network) -> None:
    x = images_for(net)
    before, possible = snapshot(net), find_lesion_sites(net, x)
    order = list(range(len(list(net.units()))))
    with reordered(net, order) as same:
        assert torch.equal(same(x), net(x)), "the order as it is changes nothing"
    for places in possible.movable:
        for place, source in zip(places, reversed(places), strict=True):
            order[place] = source
    with reordered(net, order) as lesioned:
        assert lesioned(x).shape == (4, 5)
        assert [id(unit) for unit in lesioned.units()] == [
            dict(enumerate(map(id, list_units(net, before))))[place] for place in order
        ]
    assert_same(net, before)


def list_units(net: Network, before: tuple[list[tuple[str, int]], dict[str, Tensor], list[bool]]) -> list[nn.Module]:
    """Return the units as they stood before."""
    modules = {id(module): module for module in net.modules()}
    names = [name for name, _ in before[0] if name.startswith("stages.") and name.count(".") == 2]
    ids = dict(before[0])
    return [modules[ids[name]] for name in names]


def test_a_network_is_whole_after_an_error() -> None:
    net = resnet(depth=8)
    possible, before = find_lesion_sites(net, images()), snapshot(net)
    with pytest.raises(RuntimeError, match="inside"), removed(net, possible, possible.sites):
        raise RuntimeError("inside")
    assert_same(net, before)
    with pytest.raises(RuntimeError, match="inside"), reordered(net, [2, 1, 0]):
        raise RuntimeError("inside")
    assert_same(net, before)


@torch.no_grad()
@pytest.mark.parametrize("build_net", [lambda: resnet(depth=14), lambda: preresnet(depth=14)], ids=["v1", "v2"])
def test_deleting_a_branch_that_puts_out_zeros_changes_nothing(build_net) -> None:  # type: ignore[no-untyped-def]
    net, x = build_net().eval(), images()
    for unit in net.units():
        for module in unit.paths["branch"].modules():
            if isinstance(module, nn.BatchNorm2d | nn.Conv2d):
                nn.init.zeros_(module.weight)
    possible = find_lesion_sites(net, x)
    whole = net(x)
    assert len(possible.sites) == 6
    assert all(torch.equal(logits, whole) for logits in every_lesion(net, possible, x))


@torch.no_grad()
def test_a_residual_unit_without_its_branch_is_what_its_skip_lets_through() -> None:
    net, x = resnet(depth=8, shortcut="B").eval(), images()
    possible = find_lesion_sites(net, x)
    features = net.stem(x)
    first, second, _ = net.units()
    with removed(net, possible, possible.sites[:2]):
        there = net.stages[1](net.stages[0](features))
    assert torch.equal(there, torch.relu(second.paths["skip"](torch.relu(features))))
    assert not torch.equal(there, second(first(features)))
    assert [site.transition for site in possible.sites] == [False, True, True]
    assert {site.how for site in possible.sites} == {"skip alone"}


@pytest.mark.parametrize("training", [True, False])
def test_what_stands_in_is_in_the_mode_of_the_network(training: bool) -> None:
    for net in (resnet(depth=8), plain(depth=8), densenet(depth=7)):
        possible = find_lesion_sites(net.train(training), images())
        with removed(net, possible, possible.sites) as lesioned:
            assert {unit.training for unit in lesioned.units()} == {training}


@torch.no_grad()
def test_a_plain_unit_that_keeps_its_shape_becomes_the_identity() -> None:
    net, x = plain(depth=14).eval(), images()
    possible = find_lesion_sites(net, x)
    assert [site.name for site in possible.sites] == ["1.1", "1.2", "2.2", "3.2"]
    assert [fixed_unit.name for fixed_unit in possible.fixed_units] == ["2.1", "3.1"]
    assert possible.fixed_units[0].reason == "it changes the shape from 16x8x8 to 32x4x4 and has no skip"
    with removed(net, possible, possible.sites[:2]):
        assert torch.equal(net.stages[0](x), x)
    names = [site.name for site in find_lesion_sites(vgg(depth=16, width=0.125), images(size=32)).sites]
    assert names == ["1.2", "2.2", "3.2", "3.3", "4.2", "4.3", "5.2", "5.3"], "a stage begins with the pool and widens"


@torch.no_grad()
def test_a_dense_layer_leaves_zeros_in_its_channels() -> None:
    net, x = densenet(depth=10, growth_rate=4).eval(), images()
    possible = find_lesion_sites(net, x)
    assert [fixed_unit.name for fixed_unit in possible.fixed_units] == ["2.1", "3.1"]
    assert len(possible.sites) == 6 and {site.how for site in possible.sites} == {"zeroed"}
    features = net.stem(x)
    with removed(net, possible, [possible.sites[0]]):
        put_out = net.stages[0](features)
    assert put_out[:, 16:20].count_nonzero() == 0 and put_out[:, 20:24].count_nonzero() > 0
    assert torch.equal(put_out[:, :16], features)
    assert not any(site.transition for site in possible.sites)


@torch.no_grad()
def test_each_branch_of_an_inception_unit_can_be_zeroed() -> None:
    net, x = inception_v3(width=0.25).eval(), images(size=16)
    possible = find_lesion_sites(net, x)
    assert [site.name for site in possible.sites[:4]] == ["1.1 one", "1.1 five", "1.1 stacked", "1.1 pool"]
    strided = [site.name for site in possible.sites if site.transition]
    assert {name.split()[0] for name in strided} == {"2.1", "3.1"}
    whole = net.stages[0](net.stem(x))
    with removed(net, possible, [possible.sites[1]]):
        lesioned = net.stages[0](net.stem(x))
    changed = [channel for channel in range(whole.shape[1]) if not torch.equal(whole[:, channel], lesioned[:, channel])]
    start, width = possible.zeros[0, "one"][0], possible.zeros[0, "five"][0]
    assert set(changed) <= set(range(start, start + width)) and lesioned[:, start : start + width].count_nonzero() == 0


@torch.no_grad()
def test_a_gated_skip_stays_as_it_is() -> None:
    net, x = preresnet(depth=[2, 1], shortcut="exclusive_gating", activation="original").eval(), images()
    possible = find_lesion_sites(net, x)
    unit = list(net.units())[1]
    inside = unit.before(features := net.stages[0][0](net.stem(x)))
    with removed(net, possible, [possible.sites[1]]):
        there = net.stages[0][1](features)
    assert torch.equal(there, unit.after(unit.paths["skip"](inside)))


def test_what_multiplies_or_is_no_network_of_units_is_told_in_a_line() -> None:
    unit = Product({"value": nn.Identity(), "gate": nn.Sigmoid()})
    net = Network(stem=nn.Sequential(), stages=[[unit]], head=nn.Sequential(nn.Flatten()))
    possible = find_lesion_sites(net, images())
    assert possible.sites == ()
    assert possible.fixed_units[0].reason == "its paths merge by Product, where nothing is left without one of them"
    with pytest.raises(ValueError, match=r"Linear is no depthlab.nn.Network: there are no units to delete") as refused:
        find_lesion_sites(nn.Linear(1, 1), images())
    assert "\n" not in str(refused.value)


@torch.no_grad()
def test_several_paths_without_a_skip_are_left_out_one_by_one_and_all_together() -> None:
    paths = {name: nn.Conv2d(3, 3, 3, padding=1) for name in ("a", "b")}
    for unit in (Sum(paths), Concat(paths)):
        net = Network(stem=nn.Sequential(), stages=[[unit]], head=nn.Sequential(nn.Flatten()))
        possible = find_lesion_sites(net, images())
        assert [site.name for site in possible.sites] == ["1.1 a", "1.1 b"]
        with removed(net, possible, [possible.sites[0]]):
            left = net(images())
        b = paths["b"](images())
        expected = b if isinstance(unit, Sum) else torch.cat([torch.zeros_like(b), b], dim=1)
        assert torch.equal(left, expected.flatten(1))
        with removed(net, possible, possible.sites):
            assert net(images()).count_nonzero() == 0


@torch.no_grad()
def test_what_comes_before_and_after_the_paths_stays() -> None:
    paths = {name: nn.Conv2d(3, 3, 1) for name in ("a", "b")}
    before, after = nn.Hardtanh(-0.5, 0.5), nn.Softplus()
    for unit in (Sum(paths, before=before, after=after), Concat(paths, before=before, after=after)):
        net = Network(stem=nn.Sequential(), stages=[[unit]], head=nn.Sequential(nn.Flatten()))
        possible = find_lesion_sites(net, images())
        b = paths["b"](before(images()))
        expected = b if isinstance(unit, Sum) else torch.cat([torch.zeros_like(b), b], dim=1)
        with removed(net, possible, [possible.sites[0]]):
            assert torch.equal(net(images()), after(expected).flatten(1))
