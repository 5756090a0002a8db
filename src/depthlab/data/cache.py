"""Image sets on disk: written atomically, and verified whenever they are read."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from depthlab.data.images import ContentSummary, ImageSet, Split, digest, narrow_labels, split_from_arrays

METADATA = "set.json"  # name, classes, source, digests, mean, std
_BROKEN = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
)  # errors from reading a missing, truncated or foreign file


def data_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the data folder, created if needed; raises `ValueError` where that fails."""
    path = Path(folder).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"data.folder={folder} can't be created ({error.strerror}): type another data.folder="
        ) from error
    return path


def cached(folder: Path, source: str, make: Callable[[], ImageSet]) -> ImageSet:
    """Return the set cached in `folder`, or make it and cache it there.

    A cached set that is broken, or was made from another `source`, is replaced. Of several processes one makes the set
    and the others wait. Of sets too large for memory only the metadata is cached. Raises `ValueError` where the set is
    not cached and can't be written.
    """
    images = load(folder, source)
    if images is not None:
        return images
    if not os.access(folder.parent, os.W_OK):
        raise ValueError(f"{folder.parent} can't be written: type another data.folder=")
    with _exclusive(folder.with_name(f".{folder.name}.lock")):
        images = load(folder, source)  # another process may have made it while this one waited
        if images is None:
            images = make()
            save(folder, source, images)
    return images


def load(folder: Path, source: str) -> ImageSet | None:
    """Read a cached set; None where there is none, or where its arrays don't match the recorded digests."""
    metadata = _read_metadata(folder, source)
    if metadata is None:
        return None
    try:
        content = _content(metadata)
        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in content.digests}
    except _BROKEN:
        return None
    if any(digest(array) != content.digests[name] for name, array in arrays.items()):
        return None
    train = split_from_arrays(arrays["train_images"], arrays["train_labels"])
    test = split_from_arrays(arrays["test_images"], arrays["test_labels"])
    return ImageSet(metadata["name"], tuple(metadata["classes"]), train, test, content, metadata.get("test_source", ""))


def load_content(folder: Path, source: str) -> ContentSummary | None:
    """Read the content summary of a cached set; None where there is none from `source`."""
    metadata = _read_metadata(folder, source)
    return None if metadata is None else _content(metadata)


def _read_metadata(folder: Path, source: str) -> dict[str, Any] | None:
    try:
        metadata: dict[str, Any] = json.loads((folder / METADATA).read_text(encoding="utf-8"))
        return metadata if metadata["source"] == source else None
    except _BROKEN:
        return None


def _content(metadata: dict[str, Any]) -> ContentSummary:
    return ContentSummary(metadata["digests"], tuple(metadata["mean"]), tuple(metadata["std"]))


def save(folder: Path, source: str, images: ImageSet) -> None:
    """Write a set into `folder` and replace its content; only one process at a time may do so."""
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for leftover in (new, old):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        new.mkdir()
        _write(new, source, images)
        if folder.exists():
            os.replace(folder, old)
        os.replace(new, folder)
    finally:
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _write(folder: Path, source: str, images: ImageSet) -> None:
    if images.in_memory:
        for part, split in (("train", images.train), ("test", images.test)):
            _write_images(folder / f"{part}_images.npy", split)
            np.save(folder / f"{part}_labels.npy", narrow_labels(split.labels))
    metadata = {
        "name": images.name,
        "classes": images.classes,
        "source": source,
        "digests": images.content.digests,
        "mean": images.mean,
        "std": images.std,
        "test_source": images.test_source,
    }
    (folder / METADATA).write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def _write_images(file: Path, split: Split) -> None:
    count, channels, height, width = split.images.shape
    shape = (count, height, width, channels)
    with file.open("wb") as handle:  # block by block, so that a large set is not in memory twice
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(handle, header)
        for block in split.blocks():
            handle.write(block.data)


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    """Hold a lock that the kernel releases even if the process is killed."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
