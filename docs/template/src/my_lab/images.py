"""A data set of our own: stripes of several directions under noise."""

import numpy as np

from depthlab.data import ImageSet, Split, image_set, split_from_arrays


def stripes(*, train_size: int = 512, test_size: int = 256, seed: int = 0) -> ImageSet:
    """Make gray images of 8×8 pixels in four classes; the same arguments give the same bytes."""
    generator = np.random.default_rng(seed)
    classes = ("horizontal", "vertical", "rising", "falling")
    return image_set("stripes", classes, _split(train_size, generator), _split(test_size, generator))


def _split(size: int, generator: np.random.Generator) -> Split:
    labels = generator.permutation(np.arange(size) % 4)
    rows, columns = np.mgrid[0:8, 0:8]
    patterns = np.stack([rows, columns, rows + columns, rows - columns]) % 4 // 2 * 96 + 64
    noisy = patterns[labels] + generator.integers(-64, 64, (size, 8, 8))
    return split_from_arrays(noisy.astype(np.uint8)[..., None], labels)  # (N, H, W, C)
