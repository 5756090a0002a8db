"""The handwritten digits that ship with scikit-learn: a real data set without a download."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from depthlab.data.images import ImageSet, image_set, split_from_arrays
from depthlab.data.split import split_validation


def digits() -> ImageSet:
    """Load 1,797 gray images of 8x8 pixels in 10 classes; a fixed stratified fifth of them (359) is the test set.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998), the test part, as included in
    scikit-learn. Its gray values 0..16 are scaled to 0..255.
    """
    table = _table()
    images = np.rint(table[:, :-1].reshape(-1, 8, 8, 1) * (255 / 16)).astype(np.uint8)
    labels = table[:, -1].astype(np.int64)
    everything = split_from_arrays(images, labels)
    train, test = (indices.numpy() for indices in split_validation(everything.labels, 0.2))
    return image_set(
        "digits",
        tuple(str(digit) for digit in range(10)),
        split_from_arrays(images[train], labels[train]),
        split_from_arrays(images[test], labels[test]),
    )


def _table() -> NDArray[np.uint8]:
    """Read scikit-learn's file, a row for each image: 64 gray values and the digit.

    Importing the package takes two seconds, only for this file.
    """
    package = find_spec("sklearn")
    assert package is not None and package.origin is not None, "scikit-learn is a dependency of this package"
    with gzip.open(Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", "rt") as file:
        return np.loadtxt(file, delimiter=",", dtype=np.uint8)
