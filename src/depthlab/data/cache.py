"""Image sets on disk: written whole or not at all, and verified whenever they are read."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from depthlab.data.images import Content, ImageSet, digest, measure_content, split_of

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")
FACTS = "set.json"  # name, classes, digests, mean, std


def data_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the data folder, made if it does not exist; raises `ValueError` where it can't be written."""
    path = Path(folder).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"data.folder={folder} can't be made ({error.strerror}): choose another data.folder="
        ) from error
    if not os.access(path, os.W_OK):
        raise ValueError(f"data.folder={folder} can't be written: choose another data.folder=")
    return path


def cached(place: Path, make: Callable[[], ImageSet], digests: Mapping[str, str] | None = None) -> ImageSet:
    """Return the set cached in the folder `place`, or make it and cache it there.

    What is there but broken, or has other digests than those demanded, is thrown away and made anew. Of several
    processes one makes the set and the others wait.
    """
    images = load(place, digests)
    if images is not None:
        return images
    with _exclusive(place.with_name(f".{place.name}.lock")):
        images = load(place, digests)  # another process may have made it while this one waited
        if images is None:
            images = make()
            save(place, images)
    return images


def load(place: Path, digests: Mapping[str, str] | None = None) -> ImageSet | None:
    """Read a cached set; None where there is none, or where its arrays don't have the digests written beside them."""
    try:
        facts = json.loads((place / FACTS).read_text(encoding="utf-8"))
        arrays = {name: np.load(place / f"{name}.npy", allow_pickle=False) for name in ARRAYS}
        content = Content(facts["digests"], tuple(facts["mean"]), tuple(facts["std"]))
        name, classes = facts["name"], tuple(facts["classes"])
    except (OSError, ValueError, KeyError, TypeError, EOFError):  # missing, cut short, or not ours
        return None
    if digests is not None and content.digests != digests:
        return None
    if any(digest(array) != content.digests.get(key) for key, array in arrays.items()):
        return None
    train = split_of(arrays["train_images"], arrays["train_labels"])
    test = split_of(arrays["test_images"], arrays["test_labels"])
    return ImageSet(name, classes, train, test, content.checksum, content.mean, content.std)


def save(place: Path, images: ImageSet) -> None:
    """Write a set that is in memory into the folder `place`, instead of what was there; one process at a time."""
    place.parent.mkdir(parents=True, exist_ok=True)
    new, old = place.with_name(f".{place.name}.new"), place.with_name(f".{place.name}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)  # of a process that was killed here
    new.mkdir()
    _write(new, images)
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


def _write(place: Path, images: ImageSet) -> None:
    for part, split in (("train", images.train), ("test", images.test)):
        blocks = list(split.blocks(max(len(split), 1)))
        np.save(place / f"{part}_images.npy", blocks[0])
        labels = split.labels.cpu().numpy()
        np.save(place / f"{part}_labels.npy", labels.astype(np.uint8) if images.num_classes <= 256 else labels)
    content = measure_content(images.train, images.test)
    facts = {
        "name": images.name,
        "classes": list(images.classes),
        "digests": content.digests,
        "mean": content.mean,
        "std": content.std,
    }
    (place / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    """Hold a lock that the kernel gives back even if the process is killed."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
