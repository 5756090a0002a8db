"""Read the user's pictures, with or without labels, as images for a network."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from depthlab.data.imagefolder import SUFFIXES, decode_picture, pictures_in
from depthlab.data.progress import item_bar

BATCH = 256  # pictures decoded together


def find_pictures(place: Path) -> list[Path]:
    """Return the pictures at any depth under the folder `place`, or the one picture that it names.

    Raises:
        ValueError: `place` does not exist, or has no pictures.
    """
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise ValueError(f"there is neither a folder nor a picture at {place}")
    files = pictures_in(place)
    if not files:
        raise ValueError(f"{place} holds no pictures: allowed are {', '.join(sorted(SUFFIXES))}, at any depth")
    return files


def read_pictures(
    files: Sequence[Path], *, size: int, channels: int, broken: Callable[[str], None]
) -> Iterator[tuple[list[Path], Tensor]]:
    """Yield files with their images, uint8 (n, C, size, size), a few hundred at a time, with a progress bar.

    A picture that can't be read is skipped, and `broken` is called with a line that names it.
    """

    def read(file: Path) -> Tensor | str:
        try:
            return decode_picture(file, size, channels)
        except ValueError as error:
            return str(error)

    with item_bar("Reading pictures", len(files)) as meter, ThreadPoolExecutor() as pool:
        for start in range(0, len(files), BATCH):
            sound, images = [], []
            batch = files[start : start + BATCH]
            for file, outcome in zip(batch, pool.map(read, batch), strict=True):
                if isinstance(outcome, str):
                    broken(outcome)
                else:
                    sound.append(file)
                    images.append(outcome)
            if images:
                yield sound, torch.stack(images)
            meter.advance(len(batch))
