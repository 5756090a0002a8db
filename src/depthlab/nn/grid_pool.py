"""Pooling to a small grid of fixed size, as fully connected layers need it."""

from typing import final

import torch
from torch import Tensor, nn


@final
class GridPool(nn.Module):
    """Average (N, C, H, W) over size x size bins of nearly equal area: (N, C, size, size).

    Bin i goes from floor(i * H / size) to ceil((i + 1) * H / size), so rows are repeated where H is less than `size`,
    and features that already have the size are returned unchanged. nn.AdaptiveAvgPool2d has the same bins, but its
    gradient is not deterministic on CUDA; this one's is.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        assert size >= 1
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        return self._average(self._average(x, dim=2), dim=3)

    def _average(self, x: Tensor, dim: int) -> Tensor:
        length, size = x.shape[dim], self.size
        if length == size:
            return x
        bins = [(i * length // size, -((i + 1) * length // -size)) for i in range(size)]
        return torch.stack([x.narrow(dim, start, end - start).mean(dim) for start, end in bins], dim=dim)

    def extra_repr(self) -> str:
        return f"{self.size}"
