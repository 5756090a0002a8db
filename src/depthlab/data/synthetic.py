"""Synthetic images that a network can learn, for tests and benchmarks."""

import numpy as np
import numpy.typing as npt

from depthlab.data.images import ImageSet, Split, image_set, split_from_arrays
from depthlab.data.lazy import Bytes

GRID = 4  # a class is a pattern of GRID x GRID gray values in each channel


def synthetic(
    *,
    image_size: int = 32,
    channels: int = 3,
    train_size: int = 1024,
    test_size: int = 256,
    num_classes: int = 10,
    seed: int = 0,
) -> ImageSet:
    """Make images of `num_classes` coarse patterns under noise; the same arguments give the same bytes.

    Raises `ValueError` if an argument is not a whole number in its range.
    """
    _check("image_size", image_size, 1)
    _check("channels", channels, 1)
    _check("train_size", train_size, 2)
    _check("test_size", test_size, 1)
    _check("num_classes", num_classes, 2)
    _check("seed", seed, 0)
    generator = np.random.default_rng(seed)
    cells = np.arange(image_size) * GRID // image_size
    coarse = generator.integers(48, 208, (num_classes, GRID, GRID, channels), dtype=np.int16)
    patterns = coarse[:, cells][:, :, cells]
    return image_set(
        f"synthetic-{image_size}x{image_size}x{channels}",
        tuple(f"class {index}" for index in range(num_classes)),
        _noisy(patterns, train_size, generator),
        _noisy(patterns, test_size, generator),
    )


def _noisy(patterns: npt.NDArray[np.int16], size: int, generator: np.random.Generator) -> Split:
    labels = generator.permutation(np.arange(size) % len(patterns))
    images: Bytes = np.empty((size, *patterns.shape[1:]), dtype=np.uint8)
    for start in range(0, size, 1024):  # in blocks, so that the noise needs little memory
        part = patterns[labels[start : start + 1024]]
        noise = generator.integers(-48, 48, part.shape, dtype=np.int16)
        images[start : start + 1024] = part + noise
    return split_from_arrays(images, labels)


def _check(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name}={value!r} must be a whole number of at least {least}, such as data.{name}={least}")
