"""Skips that change the shape."""

import pytest
import torch

from depthlab.nn import PadSkip


@pytest.mark.parametrize(("padding", "front"), [("both", 16), ("end", 0)])
def test_option_a_subsamples_and_pads_with_zeros(padding: str, front: int) -> None:
    x = torch.randn(2, 32, 9, 8)
    y = PadSkip(extra=32, stride=2, padding=padding)(x)
    assert y.shape == (2, 64, 5, 4)
    assert torch.equal(y[:, front : front + 32], x[:, :, ::2, ::2])
    assert y[:, :front].count_nonzero() == 0
    assert y[:, front + 32 :].count_nonzero() == 0


def test_option_a_sends_gradients_to_the_pixels_it_keeps() -> None:
    x = torch.randn(2, 4, 5, 6, requires_grad=True)
    skip = PadSkip(extra=4, stride=2)
    gradient = torch.randn_like(skip(x))
    skip(x).backward(gradient)
    assert x.grad is not None
    assert torch.equal(x.grad[:, :, ::2, ::2], gradient[:, 2:6])
    assert x.grad.count_nonzero() == gradient[:, 2:6].numel()


def test_option_a_puts_the_odd_channel_at_the_end() -> None:
    y = PadSkip(extra=3, stride=1)(torch.ones(1, 2, 1, 1))
    assert y.flatten().tolist() == [0, 1, 1, 0, 0]


def test_option_a_without_change_is_the_identity_and_has_no_parameters() -> None:
    x = torch.randn(2, 3, 5, 5)
    skip = PadSkip(extra=0, stride=1)
    assert torch.equal(skip(x), x)
    assert not skip.state_dict()


def test_option_a_keeps_the_memory_format() -> None:
    x = torch.randn(2, 16, 8, 8).contiguous(memory_format=torch.channels_last)
    assert PadSkip(extra=16, stride=2)(x).is_contiguous(memory_format=torch.channels_last)
