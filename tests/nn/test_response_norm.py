"""Local response normalization against the paper's sum, written as a loop, and against PyTorch's."""

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import LocalResponseNorm


def by_loop(a: Tensor, n: int, k: float, alpha: float, beta: float) -> Tensor:
    """Compute b of Krizhevsky et al. 2012, sec. 3.3, channel by channel."""
    channels = a.shape[1]
    b = torch.empty_like(a)
    for i in range(channels):
        total = torch.zeros_like(a[:, i])
        for j in range(max(0, i - n // 2), min(channels - 1, i + n // 2) + 1):
            total = total + a[:, j] ** 2
        b[:, i] = a[:, i] / (k + alpha * total) ** beta
    return b


@pytest.mark.parametrize("channels", [1, 3, 5, 12])
def test_it_is_the_papers_sum_with_the_papers_constants(channels: int) -> None:
    x = 30 * torch.randn(2, channels, 4, 3, dtype=torch.float64)  # large, so that alpha matters
    expected = by_loop(x, n=5, k=2, alpha=1e-4, beta=0.75)
    torch.testing.assert_close(LocalResponseNorm()(x), expected)
    assert (x / 2**0.75 - expected).abs().max() > 0.1


def test_every_constant_counts() -> None:
    x = torch.randn(2, 7, 3, 3, dtype=torch.float64)
    constants = {"k": 1.5, "alpha": 0.3, "beta": 0.6}
    torch.testing.assert_close(LocalResponseNorm(neighbors=3, **constants)(x), by_loop(x, n=3, **constants))


def test_pytorchs_divides_alpha_by_the_number_of_channels_and_agrees_then() -> None:
    torch.manual_seed(0)
    x = 30 * torch.randn(2, 9, 4, 4, dtype=torch.float64)
    theirs = nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)
    torch.testing.assert_close(LocalResponseNorm()(x), theirs(x))
    assert not torch.allclose(LocalResponseNorm()(x), nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)(x))


def test_its_gradient_is_that_of_the_loop() -> None:
    x = torch.randn(2, 6, 3, 2, dtype=torch.float64, requires_grad=True)
    norm = LocalResponseNorm(alpha=0.2)
    (ours,) = torch.autograd.grad(norm(x).square().sum(), x)
    (expected,) = torch.autograd.grad(by_loop(x, n=5, k=2, alpha=0.2, beta=0.75).square().sum(), x)
    torch.testing.assert_close(ours, expected)


def test_memory_formats_agree_and_nothing_is_kept() -> None:
    x = torch.randn(2, 6, 4, 4)
    norm = LocalResponseNorm()
    torch.testing.assert_close(norm(x.contiguous(memory_format=torch.channels_last)), norm(x))
    assert not norm.state_dict()
