"""How features are downsampled between stages: by pooling, by strides, or not at all."""

from dataclasses import dataclass
from typing import final

from torch import nn

POOLS = ("max", "average", "strided", "none")


@final
@dataclass(frozen=True)
class PoolingWindow:
    """A pooling window of stride 2; with `ceil_mode` it may reach over the edge, where only existing pixels count."""

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


TWO_BY_TWO = PoolingWindow(2, ceil_mode=True)  # takes features of any size: 1 stays 1


@final
@dataclass(frozen=True)
class Downsampling:
    """How H and W are halved: by a pooling layer, or by the stride of the convolution next to it.

    With "none" they are not halved: there is no layer, and `stride` is 1 (Springenberg et al. 2015, arXiv 1412.6806,
    compare pooling with strides).
    """

    pool: nn.Module | None
    stride: int

    @property
    def layer(self) -> dict[str, nn.Module]:
        """The pooling layer by name; empty if there is none."""
        return {} if self.pool is None else {"pool": self.pool}


def build_downsampling(kind: str, window: PoolingWindow) -> Downsampling:
    """Return the downsampling of this kind."""
    if kind in ("max", "average"):
        return Downsampling(window.pool(kind), stride=1)
    return Downsampling(None, stride=2 if kind == "strided" else 1)
