"""Batches in an order that is a pure function of seed, epoch and step."""

from collections.abc import Callable, Iterator
from typing import final

import numpy as np
import torch
from torch import Generator, Tensor
from torch.utils.data import DataLoader, Dataset

from depthlab.data.augment import select_images
from depthlab.data.images import Split
from depthlab.data.lazy import LazyImages

Batch = tuple[Tensor, Tensor]
Transform = Callable[[Tensor, Tensor, Generator], Batch]

ORDER, AUGMENTATION = 0, 1  # streams of random numbers


def generator_for(*key: int) -> Generator:
    """Return a CPU generator seeded by whole numbers, such as seed, stream, epoch and step."""
    state = np.random.SeedSequence(key).generate_state(1, np.uint64)[0]
    generator = Generator()
    generator.manual_seed(int(state) >> 1)
    return generator


@final
class Batches:
    """Batches of some images of a split; every iteration is one pass over all of them.

    Yields the result of `transform` for uint8 images (N, C, H, W) on `device`, their labels (N,), and a generator
    seeded by (seed, epoch, step). With `shuffle` the order is a function of (seed, epoch), otherwise that of `indices`.

    `epoch` and `position` say which pass comes next and at which step it begins, for a run resumed within an epoch.
    Both are read when a pass begins, and `position` is then reset to 0.
    """

    def __init__(
        self,
        split: Split,
        indices: Tensor,
        transform: Transform,
        *,
        batch_size: int,
        device: torch.device,
        seed: int = 0,
        shuffle: bool = False,
        drop_single: bool = False,
        workers: int = 0,
    ) -> None:
        self.epoch = 0
        self.position = 0
        self._split = split
        self._indices = indices
        self._transform = transform
        self._batch_size = batch_size
        self._device = device
        self._seed = seed
        self._shuffle = shuffle
        self._drop_single = drop_single and batch_size > 1 and len(indices) > 1
        self._workers = workers

    @property
    def size(self) -> int:
        """Number of images in one pass."""
        single = self._drop_single and len(self._indices) % self._batch_size == 1
        return len(self._indices) - single

    def __len__(self) -> int:
        return -(-self.size // self._batch_size)

    def __iter__(self) -> Iterator[Batch]:
        epoch, first = self.epoch, self.position
        self.position = 0
        order = self.order(epoch)[first * self._batch_size :]
        raw = self._stream(order) if isinstance(self._split.images, LazyImages) else self._select(order)
        for step, (images, labels) in enumerate(raw, start=first):
            generator = generator_for(self._seed, AUGMENTATION, epoch, step)
            images = images.to(self._device, non_blocking=True)
            yield self._transform(images, labels.to(self._device, non_blocking=True), generator)

    def order(self, epoch: int) -> Tensor:
        """Return the indices of all images of an epoch, in order."""
        if not self._shuffle:
            return self._indices
        shuffled = torch.randperm(len(self._indices), generator=generator_for(self._seed, ORDER, epoch))
        return self._indices[shuffled][: self.size]

    def _select(self, order: Tensor) -> Iterator[Batch]:
        images, labels = self._split.images, self._split.labels
        assert isinstance(images, Tensor)
        for indices in torch.split(order.to(images.device), self._batch_size):
            yield select_images(images, indices), labels.index_select(0, indices)

    def _stream(self, order: Tensor) -> Iterator[Batch]:
        batches = [indices.tolist() for indices in torch.split(order, self._batch_size)]
        loader: DataLoader[Batch] = DataLoader(
            _Pairs(self._split),
            batch_sampler=batches,
            num_workers=self._workers,
            pin_memory=self._device.type == "cuda",
            generator=Generator(),  # otherwise the loader draws from the global generator
        )
        yield from map(tuple, loader)


@final
class _Pairs(Dataset[Batch]):
    """Pairs of image and label, for a DataLoader."""

    def __init__(self, split: Split) -> None:
        self._split = split

    def __getitem__(self, index: int) -> Batch:
        return self._split.images[index], self._split.labels[index]
