"""Laws of drop-path."""

import pytest
import torch

from depthlab.nn import DropPath, linear_drop_rates


def test_drop_path_keeps_the_mean() -> None:
    torch.manual_seed(0)
    p, draws = 0.3, 200_000
    mean = DropPath(p)(torch.ones(draws, 1)).mean().item()
    deviation = (p / (1 - p) / draws) ** 0.5  # of the mean of `draws` values that are 0 or 1 / (1 - p)
    assert abs(mean - 1) < 5 * deviation


def test_drop_path_drops_whole_images_and_scales_the_others() -> None:
    torch.manual_seed(0)
    x = torch.randn(1000, 2, 3, 3)
    y = DropPath(0.25)(x)
    dropped = (y == 0).flatten(1).all(dim=1)
    assert 200 < dropped.sum() < 300
    torch.testing.assert_close(y[~dropped], x[~dropped] / 0.75)


def test_dropped_images_get_no_gradient() -> None:
    torch.manual_seed(0)
    x = torch.randn(50, 2, requires_grad=True)
    y = DropPath(0.5)(x)
    y.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad != 0, y != 0)


@pytest.mark.parametrize(("p", "training"), [(0.0, True), (0.0, False), (0.5, False)])
def test_drop_path_is_the_identity_at_rate_0_and_when_evaluating(p: float, training: bool) -> None:
    x = torch.randn(8, 2, 3, 3)
    state = torch.get_rng_state()
    assert DropPath(p).train(training)(x) is x
    assert torch.equal(torch.get_rng_state(), state)


def test_drop_path_keeps_type_and_input() -> None:
    x = torch.randn(64, 2, dtype=torch.bfloat16)
    given = x.clone()
    assert DropPath(0.5)(x).dtype == torch.bfloat16
    assert torch.equal(x, given)


def test_linear_rule_rises_to_p_at_the_last_unit() -> None:
    assert linear_drop_rates(0.5, 4) == [0.125, 0.25, 0.375, 0.5]
    assert linear_drop_rates(0.0, 3) == [0.0, 0.0, 0.0]
