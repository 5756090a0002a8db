"""What the branches of all residual families share: dropout, and stochastic depth by the linear rule."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from depthlab.models import preresnet, resnet, resnext, wide_resnet
from depthlab.nn import DropPath, Network

FAMILIES: dict[str, Callable[..., Network]] = {
    "preresnet": lambda **more: preresnet(depth=[2, 2], width=0.25, **more),
    "preresnet gated": lambda **more: preresnet(depth=[2, 2], width=0.25, shortcut="exclusive_gating", **more),
    "preresnet relu_only": lambda **more: preresnet(depth=[2, 2], width=0.25, activation="relu_only", **more),
    "resnet": lambda **more: resnet(depth=[2, 2], width=0.25, **more),
    "resnext": lambda **more: resnext(depth=[2, 2], width=[8, 16], cardinality=2, group_width=2, **more),
    "wide_resnet": lambda **more: wide_resnet(depth=[2, 2], width=[4, 8], **more),
    "wide_resnet imagenet": lambda **more: wide_resnet(
        depth=[1, 1, 1, 1], width=[4] * 4, unit="bottleneck", form="imagenet", **more
    ),
}

EVERY_FAMILY = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


@EVERY_FAMILY
def test_drop_path_rises_linearly_to_the_last_unit_and_adds_no_key(family: Callable[..., Network]) -> None:
    net = family(drop_path=0.4)
    rates = [[m.p for m in unit.modules() if isinstance(m, DropPath)] for unit in net.units()]
    assert [rate for [rate] in rates] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert list(net.state_dict()) == list(family().state_dict())


@EVERY_FAMILY
def test_drop_path_stands_in_the_branch_alone(family: Callable[..., Network]) -> None:
    for unit in family(drop_path=0.4).units():
        assert any(isinstance(module, DropPath) for module in unit.paths["branch"].modules())
        assert not any(isinstance(module, DropPath) for module in unit.paths["skip"].modules())


@EVERY_FAMILY
def test_dropout_stands_right_before_the_last_convolution_and_adds_no_key(family: Callable[..., Network]) -> None:
    net = family(dropout=0.3)
    for unit in net.units():
        layers = [m for m in unit.paths["branch"].modules() if isinstance(m, nn.Conv2d | nn.Dropout)]
        assert [isinstance(layer, nn.Dropout) for layer in layers][-2:] == [True, False]
        assert [layer.p for layer in layers if isinstance(layer, nn.Dropout)] == [0.3]
    assert list(net.state_dict()) == list(family().state_dict())


@EVERY_FAMILY
@pytest.mark.parametrize("off", [0, None])
def test_rates_that_are_off_leave_nothing_behind(family: Callable[..., Network], off: float | None) -> None:
    kinds = {type(module) for module in family(dropout=off, drop_path=off).modules()}
    assert not kinds & {nn.Dropout, DropPath}


@EVERY_FAMILY
def test_odd_sizes_and_single_channels_fit(family: Callable[..., Network]) -> None:
    assert family(in_channels=1, num_classes=7).eval()(torch.randn(2, 1, 13, 28)).shape == (2, 7)
