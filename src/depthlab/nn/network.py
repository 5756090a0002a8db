"""The skeleton that all families share: stem, stages of units, head."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast, final

from torch import Tensor, nn

from depthlab.nn.paths import Parallel


@final
class Network(nn.Module):
    """An image classifier: maps images (N, C, H, W) to logits (N, num_classes).

    `stem` turns pixels into features, each of `stages` is a `Sequential` of units at one resolution, and `head` turns
    features into logits. Every unit is a `Parallel`, in every family.

    `auxiliary` holds additional heads for training: each reads the output of the unit of its index (from 0, over all
    stages). `smallest_image` is the minimum height and width in pixels; smaller images raise `ValueError`.
    """

    def __init__(
        self,
        *,
        stem: nn.Sequential,
        stages: Sequence[Sequence[Parallel]],
        head: nn.Sequential,
        auxiliary: Mapping[int, nn.Module] | None = None,
        smallest_image: int = 1,
    ) -> None:
        super().__init__()
        self.stem = stem
        self.stages = nn.ModuleList(nn.Sequential(*units) for units in stages)
        self.head = head
        self.auxiliary = nn.ModuleDict({str(index): head for index, head in (auxiliary or {}).items()})
        self.smallest_image = smallest_image

    def units(self) -> Iterator[Parallel]:
        """Yield every unit, in the order of the forward pass."""
        for stage in self.stages:
            yield from cast(nn.Sequential, stage)  # type: ignore[misc]

    def forward(self, images: Tensor) -> Tensor:
        self._check_size(images)
        x = self.stem(images)
        for stage in self.stages:
            x = stage(x)
        logits: Tensor = self.head(x)
        return logits

    def all_logits(self, images: Tensor) -> list[Tensor]:
        """Return the logits (N, num_classes) of the head, followed by those of each auxiliary head."""
        self._check_size(images)
        x, auxiliary = self.stem(images), []
        for index, unit in enumerate(self.units()):
            x = unit(x)
            if str(index) in self.auxiliary:
                auxiliary.append(self.auxiliary[str(index)](x))
        return [self.head(x), *auxiliary]

    def _check_size(self, images: Tensor) -> None:
        height, width = images.shape[-2:]
        least = self.smallest_image
        if min(height, width) < least:
            raise ValueError(f"the network takes images of {least}x{least} pixels or more, not {height}x{width}")
