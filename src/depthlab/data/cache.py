"""Image sets on disk: written whole or not at all, and verified whenever they are read."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from depthlab.data.images import Content, ImageSet, Split, digest, narrow_labels, split_of

FACTS = "set.json"  # name, classes, source, digests, mean, std
_BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError)  # what reading a missing, short or foreign file raises


def data_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the data folder, made if it does not exist; raises `ValueError` where that can't be done."""
    path = Path(folder).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"data.folder={folder} can't be made ({error.strerror}): type another data.folder=") from error
    return path


def cached(place: Path, source: str, make: Callable[[], ImageSet]) -> ImageSet:
    """Return the set cached in the folder `place`, or make it and cache it there.

    What is there but broken, or made from another `source`, is thrown away and made anew. Of several processes one
    makes the set and the others wait. Sets too large for memory leave only their facts. Raises `ValueError` where the
    set is not there and nothing can be written.
    """
    images = load(place, source)
    if images is not None:
        return images
    if not os.access(place.parent, os.W_OK):
        raise ValueError(f"{place.parent} can't be written: type another data.folder=")
    with _exclusive(place.with_name(f".{place.name}.lock")):
        images = load(place, source)  # another process may have made it while this one waited
        if images is None:
            images = make()
            save(place, source, images)
    return images


def load(place: Path, source: str) -> ImageSet | None:
    """Read a cached set; None where there is none, or where its arrays don't have the digests written beside them."""
    facts = _facts(place, source)
    if facts is None:
        return None
    try:
        content = _content(facts)
        arrays = {name: np.load(place / f"{name}.npy", allow_pickle=False) for name in content.digests}
    except _BROKEN:
        return None
    if any(digest(array) != content.digests[name] for name, array in arrays.items()):
        return None
    train = split_of(arrays["train_images"], arrays["train_labels"])
    test = split_of(arrays["test_images"], arrays["test_labels"])
    return ImageSet(facts["name"], tuple(facts["classes"]), train, test, content)


def load_content(place: Path, source: str) -> Content | None:
    """Read what was measured of a set when it was cached; None where there is none from `source`."""
    facts = _facts(place, source)
    return None if facts is None else _content(facts)


def _facts(place: Path, source: str) -> dict[str, Any] | None:
    try:
        facts: dict[str, Any] = json.loads((place / FACTS).read_text(encoding="utf-8"))
        return facts if facts["source"] == source else None
    except _BROKEN:
        return None


def _content(facts: dict[str, Any]) -> Content:
    return Content(facts["digests"], tuple(facts["mean"]), tuple(facts["std"]))


def save(place: Path, source: str, images: ImageSet) -> None:
    """Write a set into the folder `place`, instead of what was there; one process at a time."""
    new, old = place.with_name(f".{place.name}.new"), place.with_name(f".{place.name}.old")
    for leftover in (new, old):  # of a process that was killed here
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        new.mkdir()
        _write(new, source, images)
        if place.exists():
            os.replace(place, old)
        os.replace(new, place)
    finally:
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _write(place: Path, source: str, images: ImageSet) -> None:
    if images.in_memory:
        for part, split in (("train", images.train), ("test", images.test)):
            _write_images(place / f"{part}_images.npy", split)
            np.save(place / f"{part}_labels.npy", narrow_labels(split.labels))
    facts = {
        "name": images.name,
        "classes": images.classes,
        "source": source,
        "digests": images.content.digests,
        "mean": images.mean,
        "std": images.std,
    }
    (place / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _write_images(file: Path, split: Split) -> None:
    count, channels, height, width = split.images.shape
    shape = (count, height, width, channels)
    with file.open("wb") as handle:  # block by block: a large set is not held twice
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(handle, header)
        for block in split.blocks():
            handle.write(block.data)


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    """Hold a lock that the kernel gives back even if the process is killed."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
