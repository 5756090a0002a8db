"""The images of a run: their division, batches and augmentation."""

from typing import final

import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from depthlab.data import augment
from depthlab.data.batches import Batch, Batches, Transform
from depthlab.data.choice import choose_images
from depthlab.data.images import ImageSet, Split
from depthlab.data.loading import LoadingOptions
from depthlab.data.split import split_validation


@final
class ImageData(pl.LightningDataModule):
    """Loaders over one image set.

    They yield normalized float32 images (N, C, H, W) on `device` and labels: int64 of shape (N,), or float32 of shape
    (N, num_classes) in training with mixup or cutmix. Order and augmentation of training batches are pure functions
    of (seed, epoch, step); the last batch may be smaller, and is left out if it has a single image, which batch
    normalization can't use. `mixup` and `cutmix` are the alpha of their Beta distributions; with both above 0 each
    batch uses one of them, with equal probability.
    """

    def __init__(
        self,
        images: ImageSet,
        *,
        batch_size: int,
        seed: int,
        loading: LoadingOptions,
        cutout: int = 0,
        mixup: float = 0.0,
        cutmix: float = 0.0,
        device: torch.device,
        channels_last: bool,
    ) -> None:
        super().__init__()
        self.images = images
        self.train_indices, self.validation_indices = split_validation(images.train.labels, loading.validation)
        self._batch_size, self._seed = batch_size, seed
        self._loading, self._device, self._channels_last = loading, device, channels_last
        self._cutout, self._mixup, self._cutmix = cutout, mixup, cutmix
        self._train = _move_to_device(images.train, device) if loading.on_device else images.train
        self._test = _move_to_device(images.test, device) if loading.on_device else images.test
        self._mean = torch.tensor(images.mean, device=device)
        self._std = torch.tensor(images.std, device=device)
        self._training_batches = self._batches(
            self._train, self.train_indices, self._augmented, shuffle=True, drop_single=True
        )

    @property
    def steps_per_epoch(self) -> int:
        """Number of training batches in an epoch."""
        return len(self._training_batches)

    def train_dataloader(self) -> Batches:
        """Return the augmented, shuffled training batches; the same object at every call."""
        return self._training_batches

    def val_dataloader(self) -> Batches:
        """Return the validation images in a fixed order."""
        return self._batches(self._train, self.validation_indices, self._plain)

    def test_dataloader(self) -> Batches:
        """Return the test images in a fixed order."""
        return self._batches(self._test, torch.arange(len(self._test)), self._plain)

    def train_evaluation_dataloader(self) -> Batches:
        """Return all images that are trained on, in a fixed order and without augmentation."""
        return self._batches(self._train, self.train_indices, self._plain)

    def some_test_images(self, count: int) -> Batches:
        """Return so many test images of all classes, see `choose_images`; without augmentation."""
        return self._batches(self._test, choose_images(self._test.labels, count), self._plain)

    def some_training_images(self, count: int) -> Batches:
        """Return so many images that are trained on, of all classes, see `choose_images`; without augmentation."""
        chosen = choose_images(self.images.train.labels[self.train_indices], count)
        return self._batches(self._train, self.train_indices[chosen], self._plain)

    def _batches(
        self, split: Split, indices: Tensor, transform: Transform, *, shuffle: bool = False, drop_single: bool = False
    ) -> Batches:
        return Batches(
            split,
            indices,
            transform,
            batch_size=self._batch_size,
            device=self._device,
            seed=self._seed,
            shuffle=shuffle,
            drop_single=drop_single,
            workers=self._loading.workers,
        )

    def _plain(self, images: Tensor, labels: Tensor, generator: Generator) -> Batch:
        return augment.normalize(images, self._mean, self._std, channels_last=self._channels_last), labels

    def _augmented(self, images: Tensor, labels: Tensor, generator: Generator) -> Batch:
        if self._loading.crop:
            images = augment.pad_and_crop(images, self._loading.crop, generator)
        if self._loading.flip:
            images = augment.flip(images, generator)
        images, labels = self._plain(images, labels, generator)
        if self._cutout:
            images = augment.cutout(images, self._cutout, generator)
        if self._mixup or self._cutmix:
            images, labels = self._mixed(images, labels, generator)
        return images, labels

    def _mixed(self, images: Tensor, labels: Tensor, generator: Generator) -> Batch:
        targets = F.one_hot(labels, self.images.num_classes).float()
        first = bool(torch.rand((), generator=generator) < 0.5) if self._mixup and self._cutmix else bool(self._mixup)
        if first:
            return augment.mixup(images, targets, self._mixup, generator)
        return augment.cutmix(images, targets, self._cutmix, generator)


def _move_to_device(split: Split, device: torch.device) -> Split:
    """Move images to the device, unless they would take more than half of its free memory."""
    if not isinstance(split.images, Tensor):
        return split
    if device.type == "cuda" and split.size_in_bytes > torch.cuda.mem_get_info(device)[0] / 2:
        return split
    return Split(split.images.to(device), split.labels.to(device))
