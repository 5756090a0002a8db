"""Images that are decoded on demand."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import final

import numpy as np
import numpy.typing as npt
from torch import Tensor

from depthlab.data.progress import item_bar

Bytes = npt.NDArray[np.uint8]  # images, (N, H, W, C)


class LazyImages(ABC):
    """A sequence of images of one size, each decoded whenever it is read.

    It is sent to the worker processes of data loaders, so it must be picklable, and threads may share it.
    """

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int, int, int]:
        """(N, C, H, W)."""

    @abstractmethod
    def __getitem__(self, index: int) -> Tensor:
        """Decode one image: uint8, (C, H, W)."""

    def __len__(self) -> int:
        return self.shape[0]

    def blocks(self, size: int) -> Iterator[Bytes]:
        """Decode all images in order and yield them as arrays (n, H, W, C) of at most `size` images, with progress."""
        with item_bar("Decoding images", len(self)) as meter, ThreadPoolExecutor() as pool:
            for start in range(0, len(self), size):
                images = list(pool.map(self.__getitem__, range(start, min(start + size, len(self)))))
                meter.advance(len(images))
                yield np.stack([image.permute(1, 2, 0).numpy() for image in images])


@final
class LazySubset(LazyImages):
    """A subset of another sequence."""

    def __init__(self, images: LazyImages, indices: Tensor) -> None:
        self._images = images
        self._indices = indices.tolist()

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (len(self._indices), *self._images.shape[1:])

    def __getitem__(self, index: int) -> Tensor:
        return self._images[self._indices[index]]
