"""Averages over a grid: the bins of PyTorch's adaptive pooling."""

import pytest
import torch
from torch.nn import functional

from depthlab.nn import GridPool


@pytest.mark.parametrize("size", [1, 2, 6])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 3), (6, 6), (7, 13)])
def test_it_is_adaptive_average_pooling(size: int, height: int, width: int) -> None:
    x = torch.randn(2, 3, height, width, dtype=torch.float64)
    torch.testing.assert_close(GridPool(size)(x), functional.adaptive_avg_pool2d(x, size))


def test_features_of_its_size_pass_as_they_are() -> None:
    x = torch.randn(2, 3, 4, 4)
    assert GridPool(4)(x) is x


def test_every_feature_gets_a_gradient() -> None:
    x = torch.randn(1, 2, 5, 7, requires_grad=True)
    GridPool(2)(x).sum().backward()
    assert x.grad is not None
    assert (x.grad > 0).all()
