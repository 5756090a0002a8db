"""The skeleton that all families share: a stem, stages of units, a head."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast, final

from torch import Tensor, nn

from depthlab.nn.paths import Parallel


@final
class Network(nn.Module):
    """A classifier of images: (N, C, H, W) in, logits (N, num_classes) out.

    `stem` turns pixels into features, each of `stages` is a `Sequential` of units at one resolution, and `head` turns
    features into logits. Every unit is a `Parallel`, in every family.

    `auxiliary` are further heads that help in training: each reads what the unit of its index (from 0, over all
    stages) puts out. `smallest_image` is the least height and width, in pixels, that the network has a use for.

    Raises `ValueError` if the images are smaller.
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
        """Return the logits (N, num_classes) of the head, and after it those of each auxiliary head."""
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
