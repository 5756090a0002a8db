"""Pictures of any size and mode become images of one size with one or three channels."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from depthlab.data.cache import load_content
from depthlab.data.images import ImageSet, Split, image_set
from depthlab.data.lazy import Chosen, LazyImages
from depthlab.data.split import split_validation

GRAY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "F"})
LOOKED_AT = 256  # pictures whose headers decide on size and channels of a set
OTHERWISE = 64  # pixels: the size of a set whose pictures have several sizes or are not square
MEMORY_SHARE = 0.25  # of the machine's memory that decoded images may take
TEST_SHARE = 0.2  # of the pictures, where a set has no test pictures of its own


def fit(picture: Image.Image, size: int, channels: int) -> Tensor:
    """Return a picture as uint8 (C, size, size): the shorter side scaled to `size`, then the center cut out."""
    upright = ImageOps.exif_transpose(picture)  # cameras note how they were held
    if upright.mode.startswith("I;16"):  # Pillow would cut 16 bits off at 255
        upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
    converted = upright.convert("L" if channels == 1 else "RGB")
    if converted.size != (size, size):
        converted = ImageOps.fit(converted, (size, size), Image.Resampling.BICUBIC)
    pixels = np.array(converted).reshape(size, size, channels)
    return torch.from_numpy(pixels).permute(2, 0, 1)


def survey(pictures: Iterable[Image.Image], image_size: int | None) -> tuple[int, int]:
    """Choose (size, channels) for a set by some of its pictures.

    With `image_size` None the size is that of the pictures if they are squares of one size, and 64 if not. There is one
    channel if all of them are gray, else three.
    """
    seen = [(picture.size, picture.mode) for picture in pictures]
    channels = 1 if all(mode in GRAY_MODES for _, mode in seen) else 3
    if image_size is not None:
        return image_size, channels
    width, height = seen[0][0]
    same = width == height and all(size == (width, height) for size, _ in seen)
    return (width if same else OTHERWISE), channels


def some(count: int) -> list[int]:
    """Return the indices of up to `LOOKED_AT` of `count` pictures, evenly spread."""
    return [int(index) for index in np.unique(np.linspace(0, count - 1, min(count, LOOKED_AT)).astype(int))]


def hold_out_test(split: Split) -> tuple[Split, Split]:
    """Divide lazy pictures into training and test images: a fixed, stratified fifth is the test set."""
    assert isinstance(split.images, LazyImages)
    if len(split) * TEST_SHARE < 1:
        raise ValueError(
            f"{len(split)} images are too few to hold out a test set: add images, or a test set of its own"
        )
    train, test = split_validation(split.labels, TEST_SHARE)
    return (
        Split(Chosen(split.images, train), split.labels[train]),
        Split(Chosen(split.images, test), split.labels[test]),
    )


def picture_set(place: Path, source: str, name: str, classes: tuple[str, ...], train: Split, test: Split) -> ImageSet:
    """Decode two lazy splits into memory; if they are too large for that, keep them lazy and only measure them.

    What was measured before is looked up in the cache at `place`.
    """
    if train.size_in_bytes + test.size_in_bytes <= MEMORY_SHARE * _memory():
        return image_set(name, classes, decoded(train), decoded(test))
    content = load_content(place, source)
    return image_set(name, classes, train, test) if content is None else ImageSet(name, classes, train, test, content)


def decoded(split: Split) -> Split:
    """Decode all images of a lazy split into memory."""
    count, channels, height, width = split.images.shape
    pixels = torch.empty((count, height, width, channels), dtype=torch.uint8)
    start = 0
    for block in split.blocks():
        pixels[start : start + len(block)] = torch.from_numpy(block)
        start += len(block)
    return Split(pixels.permute(0, 3, 1, 2), split.labels)


def _memory() -> int:
    """Bytes of the machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
