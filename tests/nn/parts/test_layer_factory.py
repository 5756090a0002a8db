"""A factory makes a family's own layers or those of the slots, and refuses a slot that nothing asked for."""

from dataclasses import FrozenInstanceError, fields

import pytest
import torch
from torch import nn

from depthlab.nn import DropPath, LayerFactory, Network, Parts, Sum, sequential
from depthlab.nn.parts import CHOICES, MINIMUM, SLOTS


def net_of(factory: LayerFactory, **layers: nn.Module) -> Network:
    unit = Sum({"branch": sequential(conv=nn.Conv2d(3, 4, 3, padding=1), **layers)})
    return Network(stem=nn.Sequential(), stages=[[unit]], head=sequential(linear=nn.Linear(4, 2)))


def test_parts_are_frozen_and_every_slot_is_empty_at_first() -> None:
    parts = Parts()
    assert parts.chosen == {}
    assert tuple(field.name for field in fields(Parts)) == SLOTS
    assert set(SLOTS) == {*CHOICES, *MINIMUM}
    with pytest.raises(FrozenInstanceError):
        parts.pool = "max"  # type: ignore[misc]


def test_excitation_may_be_off_as_0() -> None:
    assert Parts(excitation=0).chosen == {}
    assert Parts(excitation=4, pool="max").chosen == {"excitation": 4, "pool": "max"}


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({"activation": "gleu"}, "hardsigmoid, not 'gleu'; did you mean gelu?"),
        ({"pool": "median"}, "parts.pool must be max, average, strided or none, not 'median'"),
        ({"groups": 1}, "parts.groups must be a whole number of 2 or more, or null, not 1"),
        ({"dilation": 2.5}, "parts.dilation must be a whole number of 2 or more"),
        ({"excitation": -1}, "parts.excitation must be a whole number of 1 or more"),
        ({"excitation": True}, "not True"),
    ],
)
def test_what_no_slot_can_hold_is_refused_in_one_line(slots: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError) as caught:
        Parts(**slots)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_slot_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"there is no slot parts\.color; the slots are convolution, groups"):
        LayerFactory("net", {"color": "red"})


def test_a_slot_that_nothing_asked_for_is_refused_with_those_that_are_read() -> None:
    factory = LayerFactory("toy", Parts(pool="max"))
    net = net_of(factory, **factory.norm(4), **factory.named_activation())
    with pytest.raises(ValueError) as caught:
        factory.finish(net)
    assert str(caught.value) == (
        "parts.pool=max does nothing: toy has no use for it, it reads activation, normalization, initialization; "
        "type parts.pool=null"
    )


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({"groups": 2}, "parts.groups=2 does nothing without parts.convolution=grouped or parts.convolution=shuffled"),
        ({"dilation": 2, "convolution": "grouped"}, "parts.dilation=2 does nothing without parts.convolution=dilated"),
        ({"dropout": "spatial"}, "parts.dropout=spatial does nothing without a rate: dropout=0.2"),
        ({"drop_path": "uniform"}, "parts.drop_path=uniform does nothing without a rate: drop_path=0.2"),
    ],
)
def test_a_slot_beside_a_setting_that_is_off_says_which(slots: dict[str, object], said: str) -> None:
    factory = LayerFactory("toy", slots)
    factory.convolution(4, 4, kernel_size=3)
    factory.dropout(0.0, "unit", default=True)
    factory.drop_path_rates(0.0, 3)
    with pytest.raises(ValueError) as caught:
        factory.finish(net_of(factory))
    assert str(caught.value).startswith(said)


def test_notes_are_of_one_network_alone() -> None:
    parts = Parts(activation="gelu")
    LayerFactory("first", parts).activation()
    with pytest.raises(ValueError, match="second has no use for it"):
        LayerFactory("second", parts).finish(net_of(LayerFactory("", None)))


@pytest.mark.parametrize("kind", ["batch", "group", "layer", "lrn", "none"])
def test_what_does_not_shift_channels_leaves_a_bias_to_the_convolution(kind: str) -> None:
    factory = LayerFactory("net", {"normalization": kind})
    biased = factory.convolution(4, 4, kernel_size=3).bias is not None
    assert biased == (kind in ("lrn", "none")) != factory.replaces_bias
    assert (factory.norm(16) == {}) == (kind == "none")


def test_a_convolution_is_of_the_kind_that_was_chosen_but_where_it_can_not_be() -> None:
    factory = LayerFactory("net", {"convolution": "separable"})
    assert isinstance(factory.convolution(4, 8, kernel_size=3), nn.Sequential)
    assert isinstance(factory.convolution(4, 8, kernel_size=1), nn.Conv2d)
    assert isinstance(factory.convolution(3, 8, kernel_size=3, fixed=True), nn.Conv2d)


def test_groups_are_4_or_the_familys_or_those_that_were_typed() -> None:
    grouped = {"convolution": "grouped"}
    assert LayerFactory("net", grouped).convolution(8, 8, kernel_size=3).groups == 4
    assert LayerFactory("net", grouped).convolution(8, 8, kernel_size=3, groups=8).groups == 8
    assert LayerFactory("net", {**grouped, "groups": 2}).convolution(8, 8, kernel_size=3, groups=8).groups == 2


@pytest.mark.parametrize(
    ("kind", "unit", "head"),
    [(None, nn.Dropout, None), ("unit", nn.Dropout, None), ("spatial", nn.Dropout2d, None), ("head", None, nn.Dropout)],
)
def test_dropout_stands_where_it_was_said(kind: str | None, unit: type | None, head: type | None) -> None:
    factory = LayerFactory("net", {"dropout": kind})
    for place, default, expected in (("unit", True, unit), ("head", False, head)):
        layers = list(factory.dropout(0.3, place, default=default).values())  # type: ignore[arg-type]
        assert [type(layer) for layer in layers] == ([expected] if expected else [])
        assert all(layer.p == 0.3 for layer in layers)


def test_spatial_dropout_drops_whole_maps_and_needs_some() -> None:
    torch.manual_seed(0)
    factory = LayerFactory("net", {"dropout": "spatial"})
    y = factory.dropout(0.5, "unit", default=True)["dropout"](torch.ones(8, 16, 3, 3))
    assert {tuple(one.unique().tolist()) for one in y.flatten(0, 1)} == {(0.0,), (2.0,)}
    with pytest.raises(ValueError, match=r"parts\.dropout=spatial drops whole maps, and net has features without"):
        factory.dropout(0.5, "unit", default=True, maps=False)


def test_drop_rates_rise_linearly_or_are_all_the_same() -> None:
    assert LayerFactory("net", None).drop_path_rates(0.4, 4) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert LayerFactory("net", {"drop_path": "uniform"}).drop_path_rates(0.4, 4) == [0.4] * 4
    assert DropPath(0.4).p == 0.4


def test_a_path_that_must_pool_has_max_or_average() -> None:
    assert LayerFactory("net", None).pooling_kind("max") == "max"
    assert LayerFactory("net", {"pool": "average"}).pooling_kind("max") == "average"
    with pytest.raises(ValueError, match=r"parts\.pool can be max or average, not none: type parts\.pool=average"):
        LayerFactory("net", {"pool": "none"}).pooling_kind("max")
