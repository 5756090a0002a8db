"""Convert pictures of any size and mode to images of one size with one or three channels."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from depthlab.data.cache import load_content
from depthlab.data.images import ImageSet, Split, image_set, measure_content
from depthlab.data.lazy import LazyImages, LazySubset
from depthlab.data.split import split_validation

GRAY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "F"})
SAMPLE_SIZE = 256  # pictures whose headers determine size and channels of a set
DEFAULT_SIZE = 64  # pixels; the image size of a set whose pictures have several sizes or are not square
MEMORY_SHARE = 0.25  # of the machine's memory, which decoded images may use
TEST_SHARE = 0.2  # of the pictures, if a set has no test pictures


def resize_and_crop(picture: Image.Image, size: int, channels: int) -> Tensor:
    """Return a picture as uint8 (C, size, size): the shorter side scaled to `size`, then center-cropped."""
    upright = ImageOps.exif_transpose(picture)  # cameras record their orientation
    if upright.mode.startswith("I;16"):  # Pillow would clip 16 bits at 255
        upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
    converted = upright.convert("L" if channels == 1 else "RGB")
    if converted.size != (size, size):
        converted = ImageOps.fit(converted, (size, size), Image.Resampling.BICUBIC)
    pixels = np.array(converted).reshape(size, size, channels)
    return torch.from_numpy(pixels).permute(2, 0, 1)


def infer_shape(pictures: Iterable[Image.Image], image_size: int | None) -> tuple[int, int]:
    """Return (size, channels) for a set, from some of its pictures.

    With `image_size` None the size is that of the pictures if they are squares of one size, otherwise 64. There is one
    channel if all pictures are gray, otherwise three.
    """
    seen = [(picture.size, picture.mode) for picture in pictures]
    channels = 1 if all(mode in GRAY_MODES for _, mode in seen) else 3
    if image_size is not None:
        return image_size, channels
    width, height = seen[0][0]
    same = width == height and all(size == (width, height) for size, _ in seen)
    return (width if same else DEFAULT_SIZE), channels


def sample_indices(count: int) -> list[int]:
    """Return the indices of up to `SAMPLE_SIZE` of `count` pictures, evenly spread."""
    return [int(index) for index in np.unique(np.linspace(0, count - 1, min(count, SAMPLE_SIZE)).astype(int))]


def hold_out_test(split: Split) -> tuple[Split, Split]:
    """Divide lazy pictures into training and test images: a fixed, stratified fifth is the test set."""
    assert isinstance(split.images, LazyImages)
    if len(split) * TEST_SHARE < 1:
        raise ValueError(
            f"{len(split)} images are too few to hold out a test set: add images, or a test set of its own"
        )
    train, test = split_validation(split.labels, TEST_SHARE)
    return (
        Split(LazySubset(split.images, train), split.labels[train]),
        Split(LazySubset(split.images, test), split.labels[test]),
    )


def decode_set(place: Path, source: str, name: str, classes: tuple[str, ...], train: Split, test: Split) -> ImageSet:
    """Decode two lazy splits into memory; if they are too large, keep them lazy and only measure their content.

    A content summary in the cache at `place` is reused.
    """
    if train.size_in_bytes + test.size_in_bytes <= MEMORY_SHARE * _memory():
        return image_set(name, classes, decode_split(train), decode_split(test))
    content = load_content(place, source) or measure_content(train, test)
    return ImageSet(name, classes, train, test, content)


def decode_split(split: Split) -> Split:
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
