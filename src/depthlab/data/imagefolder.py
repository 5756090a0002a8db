"""The user's own pictures, in one folder per class."""

import hashlib
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import final

import torch
from PIL import Image
from torch import Tensor

from depthlab.data.cache import cached, data_folder
from depthlab.data.images import ImageSet, Split
from depthlab.data.lazy import LazyImages
from depthlab.data.pictures import decode_set, hold_out_test, infer_shape, resize_and_crop, sample_indices

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
# raised by Pillow on broken content
_MOST_PIXELS = 90_000_000  # decoded, some 270 MB; several pictures are decoded at a time
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)
TEST_FOLDERS = ("test", "val", "valid", "validation")  # the first that exists holds the test pictures


def imagefolder(
    *, path: str | os.PathLike[str] | None, folder: str | os.PathLike[str], image_size: int | None = None
) -> ImageSet:
    """Load pictures from `path`/train/CLASS/... and `path`/test/CLASS/... (or val), or from `path`/CLASS/... alone.

    In the last case, and where there is only train, a fixed stratified fifth is the test set. Pictures are scaled to
    `image_size` pixels on the shorter side and center-cropped; None keeps their size if they are squares of one size,
    and means 64 otherwise. They are decoded once and kept in the data folder `folder` until one of them changes. Raises
    `ValueError` where there are no pictures, fewer than two classes, or a picture that can't be read.
    """
    if path is None:
        raise ValueError(
            "data=imagefolder needs pictures: type data.path=FOLDER, where FOLDER holds a folder for each class"
        )
    root = Path(path).expanduser().absolute()
    if not root.is_dir():
        raise ValueError(f"data.path={path} is not a folder: type the folder that holds a folder for each class")
    train, test = _parts(root)
    source = _listing([train] if test is None else [train, test], image_size)
    mark = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    place = data_folder(folder) / f"imagefolder-{root.name}-{mark}"
    return cached(place, source, lambda: _read(place, source, root.name, train, test, image_size))


def _read(place: Path, source: str, name: str, train: Path, test: Path | None, image_size: int | None) -> ImageSet:
    classes = _classes(train)
    files = _files(train, classes)
    size, channels = infer_shape((_open(files[index][0]) for index in sample_indices(len(files))), image_size)
    everything = _split(files, size, channels)
    if test is None:
        return replace(decode_set(place, source, name, classes, *hold_out_test(everything)), test_source="train")
    unknown = sorted(set(_classes(test)) - set(classes))
    if unknown:
        raise ValueError(f"{test} has the class folder {unknown[0]!r}, which {train} does not have")
    images = decode_set(place, source, name, classes, everything, _split(_files(test, classes), size, channels))
    return replace(images, test_source="" if test.name == "test" else test.name)


def _parts(root: Path) -> tuple[Path, Path | None]:
    """Return the folders of training and test pictures; None if there is no test folder."""
    if not (root / "train").is_dir():
        return root, None
    return root / "train", next((root / name for name in TEST_FOLDERS if (root / name).is_dir()), None)


def _classes(part: Path) -> tuple[str, ...]:
    names = sorted(entry.name for entry in part.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    classes = tuple(name for name in names if pictures_in(part / name))
    if len(classes) < 2:
        found = f"pictures in {len(classes)} of its folders" if names else "no folders"
        raise ValueError(f"{part} has {found}: it needs a folder for each class, at least two, with pictures in them")
    return classes


def _files(part: Path, classes: tuple[str, ...]) -> list[tuple[Path, int]]:
    return [(file, label) for label, name in enumerate(classes) for file in pictures_in(part / name)]


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures at any depth under a folder, without hidden files, sorted by name."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()
    )


def _listing(parts: list[Path], image_size: int | None) -> str:
    """Return a sha256 that changes if a picture is added, removed or changed."""
    lines = [f"image_size={image_size}"]
    for part in parts:
        for file in pictures_in(part):
            status = file.stat()
            lines.append(f"{file} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _split(files: list[tuple[Path, int]], size: int, channels: int) -> Split:
    images = _Files(tuple(str(file) for file, _ in files), size, channels)
    return Split(images, torch.tensor([label for _, label in files], dtype=torch.int64))


def decode_picture(file: str | Path, size: int, channels: int) -> Tensor:
    """Read a picture as uint8 (C, size, size); raises a `ValueError` that names the file if that fails."""
    with _open(file) as picture:
        try:
            # a large JPEG is decoded at 1/2, 1/4 or 1/8 of its size, if that suffices
            picture.draft(None, (size, size))
            if picture.width * picture.height > _MOST_PIXELS:
                raise Image.DecompressionBombError
            return resize_and_crop(picture, size, channels)
        except _BROKEN as error:
            raise ValueError(_complaint(file, error)) from error


def _open(file: str | Path) -> Image.Image:
    try:
        return Image.open(file)
    except _BROKEN as error:
        raise ValueError(_complaint(file, error)) from error


def _complaint(file: str | Path, error: Exception) -> str:
    bomb = isinstance(error, Image.DecompressionBombError)
    why = "has more pixels than fit in memory" if bomb else "is not a picture that can be read"
    return f"{file} {why}: remove it or put a sound one in its place"


@final
class _Files(LazyImages):
    def __init__(self, files: tuple[str, ...], size: int, channels: int) -> None:
        self._files = files
        self._size = size
        self._channels = channels

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self._files), self._channels, self._size, self._size

    def __getitem__(self, index: int) -> Tensor:
        return decode_picture(self._files[index], self._size, self._channels)
