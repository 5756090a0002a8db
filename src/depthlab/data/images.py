"""Labeled images: bytes in memory, or decoded on demand."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from depthlab.data.lazy import Bytes, LazyImages

BLOCK = 1024  # images processed together


@dataclass(frozen=True)
class Split:
    """One part of a set, such as its training images.

    `images` is uint8 of shape (N, C, H, W), best in channels_last memory format (a pixel's channels side by side), or a
    `LazyImages`; `labels` is int64 of shape (N,).
    """

    images: Tensor | LazyImages
    labels: Tensor

    def __post_init__(self) -> None:
        assert len(self.images.shape) == 4, self.images.shape
        assert self.labels.shape == (self.images.shape[0],), (self.labels.shape, self.images.shape)
        assert self.labels.dtype == torch.int64, self.labels.dtype
        assert isinstance(self.images, LazyImages) or self.images.dtype == torch.uint8

    def __len__(self) -> int:
        return int(self.labels.shape[0])

    @property
    def size_in_bytes(self) -> int:
        """Memory of the decoded images."""
        return int(np.prod(self.images.shape))

    def blocks(self) -> Iterator[Bytes]:
        """Yield all images in order, as arrays (n, H, W, C)."""
        if isinstance(self.images, LazyImages):
            yield from self.images.blocks(BLOCK)
            return
        for block in torch.split(self.images, BLOCK):
            yield np.ascontiguousarray(block.permute(0, 2, 3, 1).cpu().numpy())


def split_from_arrays(images: Bytes, labels: npt.ArrayLike) -> Split:
    """Wrap arrays of shapes (N, H, W, C) and (N,), without copying the images if they are writable and in C order."""
    # some decoders return read-only arrays, which make torch warn; only those are copied
    pixels = torch.from_numpy(np.require(images, requirements=("C", "W"))).permute(0, 3, 1, 2)
    return Split(pixels, torch.from_numpy(np.array(labels, dtype=np.int64)))


@dataclass(frozen=True)
class ContentSummary:
    """Digests of a set's arrays, and mean and standard deviation of its channels."""

    digests: dict[str, str]  # train_images, train_labels, test_images, test_labels -> sha256 of the bytes in C order
    mean: tuple[float, ...]  # per channel, of pixel / 255 over the training images
    std: tuple[float, ...]

    @property
    def checksum(self) -> str:
        """One sha256 for the whole set."""
        return hashlib.sha256(" ".join(self.digests[key] for key in sorted(self.digests)).encode()).hexdigest()


@dataclass(frozen=True)
class ImageSet:
    """An image classification problem: classes, training images, test images, and a summary of their content.

    `test_source` says where the test images are from if the set has none of that name: the part that stands in for
    them, such as "validation", or "train" if they are held out from the training images.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    content: ContentSummary
    test_source: str = ""

    def __post_init__(self) -> None:
        assert self.train.images.shape[1:] == self.test.images.shape[1:]
        assert len(self.mean) == len(self.std) == self.channels

    @property
    def checksum(self) -> str:
        """One sha256 over the images and labels of both splits."""
        return self.content.checksum

    @property
    def mean(self) -> tuple[float, ...]:
        """Mean of pixel / 255 over the training images, per channel."""
        return self.content.mean

    @property
    def std(self) -> tuple[float, ...]:
        """Standard deviation of pixel / 255 over the training images, per channel."""
        return self.content.std

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def channels(self) -> int:
        """Number of color channels, such as 1 or 3."""
        return int(self.train.images.shape[1])

    @property
    def image_size(self) -> int:
        """Side of the square images, in pixels."""
        return int(self.train.images.shape[3])

    @property
    def in_memory(self) -> bool:
        """Whether the decoded images are in memory."""
        return isinstance(self.train.images, Tensor)


def digest(array: npt.NDArray[np.uint8] | npt.NDArray[np.int64]) -> str:
    """Return the sha256 of an array's bytes in C order."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


def narrow_labels(labels: Tensor) -> npt.NDArray[np.uint8] | npt.NDArray[np.int64]:
    """Return labels as they are stored and hashed: uint8 if they fit, else int64."""
    values: npt.NDArray[np.int64] = labels.cpu().numpy()
    return values.astype(np.uint8) if values.max(initial=0) < 256 else values


def measure_content(train: Split, test: Split) -> ContentSummary:
    """Compute digests of both splits, and mean and standard deviation of the training images, in one pass.

    The moments come from exact counts of the 256 pixel values, so they don't depend on the order of summation.
    """
    channels = train.images.shape[1]
    counts = np.zeros((channels, 256), dtype=np.int64)
    hashes = {"train_images": hashlib.sha256(), "test_images": hashlib.sha256()}
    for block in train.blocks():
        hashes["train_images"].update(block.data)
        for channel in range(channels):
            counts[channel] += np.bincount(block[..., channel].ravel(), minlength=256)
    for block in test.blocks():
        hashes["test_images"].update(block.data)
    digests = {key: value.hexdigest() for key, value in hashes.items()}
    for part, split in (("train", train), ("test", test)):
        digests[f"{part}_labels"] = digest(narrow_labels(split.labels))
    share = counts / counts.sum(axis=1, keepdims=True)
    value = np.arange(256) / 255
    mean = share @ value
    std = np.sqrt((share * (value - mean[:, None]) ** 2).sum(axis=1))
    std = np.where(std > 0, std, 1.0)  # a constant channel stays constant instead of becoming NaN
    return ContentSummary(digests, tuple(mean.tolist()), tuple(std.tolist()))


def image_set(name: str, classes: tuple[str, ...], train: Split, test: Split) -> ImageSet:
    """Make an `ImageSet` from two splits and measure their content."""
    return ImageSet(name, classes, train, test, measure_content(train, test))
