"""How features shrink between stages: by pooling, by strides, or not at all."""

from dataclasses import dataclass
from typing import final

from torch import nn

POOLS = ("max", "average", "strided", "none")


@final
@dataclass(frozen=True)
class Window:
    """What is pooled at stride 2; `ceil_mode` lets windows hang over the edge, where only what is there counts."""

    size: int
    padding: int = 0
    ceil_mode: bool = False

    def pool(self, kind: str) -> nn.Module:
        """Return "max" or "average" pooling over the window."""
        if kind == "max":
            return nn.MaxPool2d(kernel_size=self.size, stride=2, padding=self.padding, ceil_mode=self.ceil_mode)
        return nn.AvgPool2d(
            kernel_size=self.size, stride=2, padding=self.padding, ceil_mode=self.ceil_mode, count_include_pad=False
        )


HALVING = Window(2, ceil_mode=True)  # takes features of any size: 1 stays 1


@final
@dataclass(frozen=True)
class Halving:
    """How H and W are halved at one place: by a pooling layer, or by the stride of the convolution next to it.

    With "none" they are not: then there is no layer, and `stride` is 1 (Springenberg et al. 2015, arXiv 1412.6806,
    compare pooling with strides).
    """

    pool: nn.Module | None
    stride: int

    @property
    def layer(self) -> dict[str, nn.Module]:
        """Return the pooling layer, if there is one, by name."""
        return {} if self.pool is None else {"pool": self.pool}


def build_halving(kind: str, window: Window) -> Halving:
    """Return what halves H and W by this kind."""
    if kind in ("max", "average"):
        return Halving(window.pool(kind), stride=1)
    return Halving(None, stride=2 if kind == "strided" else 1)
