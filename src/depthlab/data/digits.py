"""The handwritten digits that ship with scikit-learn: a real data set without a download."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from depthlab.data.images import ImageSet, image_set, split_from_arrays
from depthlab.data.split import split_validation

MOST = 1438  # images that can be trained and validated on


def digits(*, train_size: int | None = None) -> ImageSet:
    """Load 1,797 gray images of 8x8 pixels in 10 classes; a fixed stratified fifth of them (359) is the test set.

    With `train_size`, so many of the other 1,438 are left to train and validate on, chosen by class at random but
    always the same; what is left over is tested on as well, so that few training images don't leave labels idle.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998), the test part, as included in
    scikit-learn. Its gray values 0..16 are scaled to 0..255. Raises `ValueError` for a `train_size` that the set does
    not have.
    """
    table = _table()
    images = np.rint(table[:, :-1].reshape(-1, 8, 8, 1) * (255 / 16)).astype(np.uint8)
    labels = table[:, -1].astype(np.int64)
    everything = split_from_arrays(images, labels)
    train, test = split_validation(everything.labels, 0.2)
    if train_size is not None:
        train, test = _shrunk(train, test, everything.labels, train_size)
    return image_set(
        "digits",
        tuple(str(digit) for digit in range(10)),
        split_from_arrays(images[train.numpy()], labels[train.numpy()]),
        split_from_arrays(images[test.numpy()], labels[test.numpy()]),
    )


def _shrunk(train: Tensor, test: Tensor, labels: Tensor, train_size: int) -> tuple[Tensor, Tensor]:
    """Move all but `train_size` of the training images to the test images."""
    if isinstance(train_size, bool) or not isinstance(train_size, int) or not 20 <= train_size <= MOST:
        raise ValueError(
            f"train_size={train_size!r} must be a whole number from 20 to {MOST:,}, such as data.train_size=360"
        )
    if train_size == MOST:
        return train, test
    kept, moved = split_validation(labels[train], MOST - train_size)
    return train[kept], torch.cat([test, train[moved]]).sort().values


def _table() -> NDArray[np.uint8]:
    """Read scikit-learn's file, a row for each image: 64 gray values and the digit.

    Importing the package takes two seconds, only for this file.
    """
    package = find_spec("sklearn")
    assert package is not None and package.origin is not None, "scikit-learn is a dependency of this package"
    with gzip.open(Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", "rt") as file:
        return np.loadtxt(file, delimiter=",", dtype=np.uint8)
