"""Image classification sets of the Hugging Face Hub, by name, through its `datasets` library."""

import hashlib
import os
import shutil
import ssl
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

from PIL import Image
from torch import Tensor

from depthlab.data.cache import cached, data_folder
from depthlab.data.columns import class_names, find_columns, labels_of
from depthlab.data.images import ImageSet, Split
from depthlab.data.lazy import LazyImages
from depthlab.data.pictures import decode_set, hold_out_test, infer_shape, resize_and_crop, sample_indices

PATIENCE = 5.0  # seconds until the Hub counts as unreachable
TEST_SPLITS = ("test", "validation", "valid", "val")  # the first that exists holds the test images


@final
@dataclass(frozen=True)
class HubSource:
    """What to load from the Hub; None is the default of the set."""

    path: str  # "owner/name" on the Hub, or a folder in the Hub's layout
    name: str | None = None  # the set's configuration, if it has several
    train_split: str = "train"
    test_split: str | None = None
    image_column: str | None = None
    label_column: str | None = None
    image_size: int | None = None


def huggingface(
    *,
    path: str | None,
    folder: str | os.PathLike[str],
    name: str | None = None,
    train_split: str = "train",
    test_split: str | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    image_size: int | None = None,
) -> ImageSet:
    """Load an image classification set of the Hub, "owner/name", or one in the Hub's layout from a folder.

    Columns are found by type, the test split by its usual names; without one, a fixed stratified fifth of the training
    images is the test set. Images are scaled to `image_size` pixels on the shorter side and center-cropped; None keeps
    their size if they are squares of one size, and means 64 otherwise. They are decoded once and kept in the data
    folder `folder`. Raises `ValueError` where the set is not available, or a choice between columns or splits is open.
    """
    if path is None:
        raise ValueError(
            "data=huggingface needs the name of a set: type data.path=OWNER/NAME, or a folder of parquet files"
        )
    source = HubSource(path, name, train_split, test_split, image_column, label_column, image_size)
    mark = hashlib.sha256(repr(source).encode()).hexdigest()[:8]
    return hub_set(source, data_folder(folder), path.rstrip("/").rpartition("/")[2], mark)


def hub_set(source: HubSource, folder: Path, title: str, mark: str = "") -> ImageSet:
    """Return the set cached in `folder`, or fetch, decode and cache it."""
    place = folder / f"{title}-{mark}".rstrip("-")
    local = _local(source.path, folder)
    state = repr(source) + ("" if local is None else _listing(local))
    library = place.with_name(f".{place.name}.arrow")  # the files of `datasets`, needed only while images stay lazy

    def make() -> ImageSet:
        train, test, classes, test_source = hub_splits(source, folder, library)
        images = replace(decode_set(place, state, title, classes, train, test), test_source=test_source)
        if images.in_memory:
            shutil.rmtree(library, ignore_errors=True)
        return images

    return cached(place, state, make)


def hub_splits(source: HubSource, folder: Path, library: Path) -> tuple[Split, Split, tuple[str, ...], str]:
    """Open a set of the Hub and return its training and test images, both lazy, its class names, and what stands in for
    a test split that it doesn't have (see `ImageSet`).

    `folder`/owner/name is tried first. Raises `ValueError` where the set is not available.
    """
    parts = _load(source, folder, library)
    train = _part(parts, source.train_split, "train_split", source)
    image, label = find_columns(train, source.image_column, source.label_column)
    classes = class_names(train, label)
    labels = labels_of(train, label, classes, "train_split")
    size, channels = infer_shape(
        (_picture(train, image, index) for index in sample_indices(len(train))), source.image_size
    )
    everything = Split(_Rows(train, image, size, channels), labels)
    test_name = source.test_split or next((name for name in TEST_SPLITS if name in parts), None)
    if test_name is None:
        return (*hold_out_test(everything), classes, "train")
    test = _part(parts, test_name, "test_split", source)
    labels = labels_of(test, label, classes, "test_split")
    stands_in = "" if test_name in ("test", source.test_split) else test_name
    return everything, Split(_Rows(test, image, size, channels), labels), classes, stands_in


def _local(path: str, folder: Path) -> Path | None:
    """Return the folder at `path`, as given or below the data folder; None if it is a name on the Hub."""
    return next((place for place in (Path(path).expanduser(), folder / path) if place.is_dir()), None)


def _listing(local: Path) -> str:
    files = sorted(file for file in local.rglob("*") if file.is_file())
    lines = [f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    return " " + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _load(source: HubSource, folder: Path, library: Path) -> Any:
    import datasets

    local = _local(source.path, folder)
    if local is None and not datasets.config.HF_HUB_OFFLINE and not _reachable(datasets.config.HF_ENDPOINT):
        raise ValueError(
            f"{source.path} can't be fetched, as the Hugging Face Hub can't be reached: put the set's parquet files "
            f"into {folder / source.path}, or set HF_HUB_OFFLINE=1 if the Hub's local cache has it"
        )
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        return datasets.load_dataset(str(local or source.path), source.name, cache_dir=str(library))
    except Exception as error:  # its own errors, and those of its transport and table libraries
        said = " ".join(str(error).split("\nExample")[0].split()) or type(error).__name__
        advice = ": type data.name=" if "onfig name is missing" in said else ""
        raise ValueError(f"{source.path} can't be loaded: {said}{advice}") from error


def _reachable(endpoint: str) -> bool:
    """Try once, so that a machine without a connection does not wait for the library's many retries."""
    try:
        with urllib.request.urlopen(urllib.request.Request(endpoint, method="HEAD"), timeout=PATIENCE):
            return True
    except urllib.error.HTTPError:
        return True  # it answered
    except urllib.error.URLError as error:
        return isinstance(error.reason, ssl.SSLError)  # the library's own store may know the certificate
    except OSError:
        return False


def _part(parts: Any, name: str, key: str, source: HubSource) -> Any:
    if name not in parts:
        raise ValueError(
            f"{source.path} has no split {name!r}, only {', '.join(parts)}: type data.{key}={next(iter(parts))}"
        )
    return parts[name]


def _picture(table: Any, column: str, index: int) -> Image.Image:
    """Decode the picture in a row of a table."""
    try:
        picture: Image.Image | None = table[index][column]
    except (OSError, SyntaxError) as error:  # raised by Pillow on broken content
        raise ValueError(f"image {index} of the set can't be decoded ({error})") from error
    if picture is None:
        raise ValueError(f"image {index} of the set is missing")
    return picture


@final
class _Rows(LazyImages):
    def __init__(self, part: Any, column: str, size: int, channels: int) -> None:
        self._rows = part.select_columns([column])
        self._column = column
        self._size = size
        self._channels = channels

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self._rows), self._channels, self._size, self._size

    def __getitem__(self, index: int) -> Tensor:
        return resize_and_crop(_picture(self._rows, self._column, index), self._size, self._channels)
