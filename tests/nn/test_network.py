"""The skeleton: stem, stages of units, head."""

import pytest
import torch
from torch import nn

from depthlab.nn import Concat, Network, Sum


def small() -> tuple[Network, list[Sum | Concat]]:
    units: list[Sum | Concat] = [
        Sum({"branch": nn.Conv2d(4, 4, 3, padding=1), "skip": nn.Identity()}),
        Concat({"a": nn.Conv2d(4, 2, 1, stride=2), "b": nn.AvgPool2d(2)}),
        Sum({"branch": nn.Conv2d(6, 6, 1)}),
    ]
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 5))
    return Network(stem=nn.Sequential(nn.Conv2d(3, 4, 1)), stages=[units[:1], units[1:]], head=head), units


def test_units_come_in_the_order_of_the_forward_pass() -> None:
    net, units = small()
    called: list[nn.Module] = []
    for unit in units:
        unit.register_forward_hook(lambda module, _i, _o: called.append(module))
    net(torch.randn(2, 3, 8, 8))
    assert list(net.units()) == units == called


def test_a_network_is_its_stem_stages_and_head_in_turn() -> None:
    net, _ = small()
    x = torch.randn(2, 3, 8, 8)
    y = net.stem(x)
    for stage in net.stages:
        y = stage(y)
    assert net(x).shape == (2, 5)
    assert torch.equal(net(x), net.head(y))


def test_keys_say_where_a_weight_stands() -> None:
    net, _ = small()
    assert list(net.state_dict())[:3] == ["stem.0.weight", "stem.0.bias", "stages.0.0.paths.branch.weight"]
    assert "stages.1.0.paths.a.weight" in net.state_dict()


def test_auxiliary_heads_read_what_their_unit_puts_out_and_cost_nothing_when_predicting() -> None:
    net, units = small()
    help_early = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5))
    helped = Network(stem=net.stem, stages=[units[:1], units[1:]], head=net.head, auxiliary={0: help_early})
    called: list[nn.Module] = []
    help_early.register_forward_hook(lambda module, _i, _o: called.append(module))
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(helped(x), net(x))
    assert called == []
    logits, early = helped.all_logits(x)
    assert torch.equal(logits, net(x))
    assert torch.equal(early, help_early(units[0](net.stem(x))))
    assert [len(net.all_logits(x)), *net.all_logits(x)[0].shape] == [1, 2, 5]


@pytest.mark.parametrize(("height", "width"), [(7, 8), (8, 7), (1, 1)])
def test_images_below_the_least_size_are_refused(height: int, width: int) -> None:
    net, units = small()
    picky = Network(stem=net.stem, stages=[units], head=net.head, smallest_image=8)
    assert picky(torch.randn(2, 3, 8, 8)).shape == (2, 5)
    for ask in (picky, picky.all_logits):
        with pytest.raises(ValueError, match=f"takes images of 8x8 pixels or more, not {height}x{width}"):
            ask(torch.randn(2, 3, height, width))
