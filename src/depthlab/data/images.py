"""Labeled images as the lab holds them: bytes, kept in memory or decoded when asked for."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Bytes = npt.NDArray[np.uint8]  # images, (N, H, W, C)


class LazyImages(ABC):
    """Images that are decoded one at a time, because all of them would not fit into memory.

    A set of this kind travels to the processes that decode, so it must be picklable.
    """

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int, int, int]:
        """(N, C, H, W)."""

    @abstractmethod
    def __getitem__(self, index: int) -> Tensor:
        """Decode one image: uint8, (C, H, W)."""

    def __len__(self) -> int:
        return self.shape[0]


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

    def blocks(self, size: int = 2048) -> Iterator[Bytes]:
        """Yield all images in order, as arrays (n, H, W, C) of at most `size` images."""
        for start in range(0, len(self), size):
            stop = min(start + size, len(self))
            if isinstance(self.images, LazyImages):
                block = torch.stack([self.images[index] for index in range(start, stop)])
            else:
                block = self.images[start:stop].cpu()
            yield np.ascontiguousarray(block.permute(0, 2, 3, 1).numpy())


@dataclass(frozen=True)
class ImageSet:
    """An image classification problem: classes, training images, test images, and what identifies them."""

    name: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    checksum: str  # sha256 over the digests of the four arrays
    mean: tuple[float, ...]  # per channel, of pixel / 255 over the training images
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        assert self.train.images.shape[1:] == self.test.images.shape[1:]
        assert len(self.mean) == len(self.std) == self.channels

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def channels(self) -> int:
        """Number of color channels: 1 or 3."""
        return int(self.train.images.shape[1])

    @property
    def image_size(self) -> int:
        """Side of the square images, in pixels."""
        return int(self.train.images.shape[3])


def split_of(images: Bytes, labels: npt.ArrayLike) -> Split:
    """Wrap arrays of shapes (N, H, W, C) and (N,) , without copying the images if they are writable and in C order."""
    # decoders may hand out arrays that are read-only, of which torch warns; only those are copied
    pixels = torch.from_numpy(np.require(images, requirements=("C", "W"))).permute(0, 3, 1, 2)
    return Split(pixels, torch.from_numpy(np.array(labels, dtype=np.int64)))


@dataclass(frozen=True)
class Content:
    """What the bytes of a set amount to: a digest an array, and the channels' mean and standard deviation."""

    digests: dict[str, str]  # train_images, train_labels, test_images, test_labels -> sha256
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def checksum(self) -> str:
        """One sha256 for the whole set."""
        return hashlib.sha256(" ".join(self.digests[key] for key in sorted(self.digests)).encode()).hexdigest()


def digest(array: npt.NDArray[np.uint8] | npt.NDArray[np.int64]) -> str:
    """Return the sha256 of an array's bytes in C order."""
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()


def label_digest(labels: Tensor) -> str:
    """Return the sha256 of labels, written as uint8 where they fit and as int64 where they don't."""
    values = labels.cpu().numpy()
    return digest(values.astype(np.uint8) if values.max(initial=0) < 256 else values)


def measure_content(train: Split, test: Split) -> Content:
    """Read every image once: digests of both splits, mean and standard deviation of the training images.

    The moments come from exact counts of the 256 pixel values, so they don't depend on the order of summation.
    """
    channels = train.images.shape[1]
    counts = np.zeros((channels, 256), dtype=np.int64)
    hashes = {"train_images": hashlib.sha256(), "test_images": hashlib.sha256()}
    for block in train.blocks():
        hashes["train_images"].update(block)
        for channel in range(channels):
            counts[channel] += np.bincount(block[..., channel].ravel(), minlength=256)
    for block in test.blocks():
        hashes["test_images"].update(block)
    digests = {key: value.hexdigest() for key, value in hashes.items()}
    digests |= {"train_labels": label_digest(train.labels), "test_labels": label_digest(test.labels)}
    share = counts / counts.sum(axis=1, keepdims=True)
    value = np.arange(256) / 255
    mean = share @ value
    std = np.sqrt((share * (value - mean[:, None]) ** 2).sum(axis=1))
    std = np.where(std > 0, std, 1.0)  # a constant channel stays constant instead of turning into NaN
    return Content(digests, tuple(mean.tolist()), tuple(std.tolist()))


def image_set(name: str, classes: tuple[str, ...], train: Split, test: Split) -> ImageSet:
    """Make an `ImageSet` of two splits by measuring their content."""
    content = measure_content(train, test)
    return ImageSet(name, classes, train, test, content.checksum, content.mean, content.std)
