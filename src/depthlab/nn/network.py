"""The skeleton that all families share: a stem, stages of units, a head."""

from collections.abc import Iterator, Sequence
from typing import cast, final

from torch import Tensor, nn

from depthlab.nn.paths import Parallel


@final
class Network(nn.Module):
    """A classifier of images: (N, C, H, W) in, logits (N, num_classes) out.

    `stem` turns pixels into features, each of `stages` is a `Sequential` of units at one resolution, and `head` turns
    features into logits. Every unit is a `Parallel`, in every family.
    """

    def __init__(self, *, stem: nn.Sequential, stages: Sequence[Sequence[Parallel]], head: nn.Sequential) -> None:
        super().__init__()
        self.stem = stem
        self.stages = nn.ModuleList(nn.Sequential(*units) for units in stages)
        self.head = head

    def units(self) -> Iterator[Parallel]:
        """Yield every unit, in the order of the forward pass."""
        for stage in self.stages:
            yield from cast(nn.Sequential, stage)  # type: ignore[misc]

    def forward(self, images: Tensor) -> Tensor:
        x = self.stem(images)
        for stage in self.stages:
            x = stage(x)
        logits: Tensor = self.head(x)
        return logits
