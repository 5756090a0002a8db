"""Factors and gates: what they compute, and what they leave alone."""

import torch
from torch import nn

from depthlab.nn import ChannelSlice, Concat, ConstantScale, Gate, Product


def test_a_product_multiplies_its_paths_and_changes_none() -> None:
    kept: list[torch.Tensor] = []
    unit = Product({"a": ConstantScale(2.0), "b": nn.Identity(), "c": ConstantScale(-3.0)})
    unit.paths["a"].register_forward_hook(lambda _m, _i, y: kept.append(y))
    x = torch.randn(2, 3, 4, 4)
    y = unit(x)
    torch.testing.assert_close(y, -6 * x**3)
    assert torch.equal(kept[0], 2 * x)


def test_take_gives_back_what_concat_put_together() -> None:
    x = torch.randn(2, 3, 4, 4)
    both = Concat({"same": nn.Identity(), "twice": ConstantScale(2.0)})(x)
    assert torch.equal(ChannelSlice(0, 3)(both), x)
    assert torch.equal(ChannelSlice(3, 6)(both), 2 * x)


def test_a_gate_starts_as_far_open_as_its_bias_says() -> None:
    gate = Gate(3, 5, stride=2)
    nn.init.zeros_(gate.weight)
    gate.initialize_bias(-6.0)
    logits = gate(torch.randn(2, 3, 7, 7))
    assert logits.shape == (2, 5, 4, 4)
    torch.testing.assert_close(logits.sigmoid(), torch.full_like(logits, 0.00247262))
