"""Stochastic depth: whole paths are dropped in training (Huang et al. 2016, arXiv 1603.09382)."""

from typing import final

from torch import Tensor, nn


@final
class DropPath(nn.Module):
    """In training, set each image's features to zero with probability `p` and divide the others by 1 - p.

    The expected output is the input, so evaluation needs no scaling: there this is the identity. (The paper draws once
    per batch and scales by 1 - p at test time, which is the same in expectation; drawing per image, as later code does,
    makes the gradient less noisy.) Maps (N, ...) to the same shape.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        assert 0.0 <= p < 1.0
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if self.p == 0.0 or not self.training:
            return x
        keep = 1.0 - self.p
        scale = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(keep).div_(keep)
        return x * scale

    def extra_repr(self) -> str:
        return f"p={self.p:g}"


def linear_drop_rates(p: float, units: int) -> list[float]:
    """Return unit l's probability p * l / units for l = 1 ... units: the linear rule of Huang et al. 2016, eq. 4."""
    return [p * unit / units for unit in range(1, units + 1)]
