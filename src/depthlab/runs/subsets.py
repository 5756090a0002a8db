"""Parts of an image set that are enough to measure on."""

from collections.abc import Iterable, Iterator
from itertools import islice

from torch import Tensor

from depthlab.data import Batches

Batch = tuple[Tensor, Tensor]


def first_images(batches: Iterable[Batch], count: int | None) -> Iterator[Batch]:
    """Yield the first so many images (N, C, H, W) with their labels; all of them without a count."""
    for images, labels in batches:
        if count is not None and count <= 0:
            return
        yield images[:count], labels[:count]
        count = None if count is None else count - len(images)


def spread_images(loader: Batches, count: int, *, batch_size: int) -> Iterator[Tensor]:
    """Yield about so many images (N, C, H, W), in batches from all over a set that is loaded in such batches."""
    stride = max(1, len(loader) // -(-count // batch_size))
    for images, _ in first_images(islice(iter(loader), 0, None, stride), count):
        yield images
