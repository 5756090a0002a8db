"""The usual CIFAR augmentation on pictures, one at a time, step by step as torchvision computes it."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import Dataset


def random_crop(picture: Image.Image, *, padding: int) -> Image.Image:
    """Do what `RandomCrop(size, padding=padding)` does with a picture of that size."""
    width, height = picture.size
    padded = ImageOps.expand(picture, border=padding, fill=0)
    top = int(torch.randint(0, 2 * padding + 1, size=(1,)).item())
    left = int(torch.randint(0, 2 * padding + 1, size=(1,)).item())
    return padded.crop((left, top, left + width, top + height))


def random_horizontal_flip(picture: Image.Image) -> Image.Image:
    """Do what `RandomHorizontalFlip()` does."""
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if torch.rand(1) < 0.5 else picture


def to_tensor(picture: Image.Image) -> Tensor:
    """Do what `ToTensor()` does: bytes (H, W, C) become float32 (C, H, W) from 0 to 1."""
    return torch.from_numpy(np.array(picture, np.uint8, copy=True)).permute(2, 0, 1).contiguous().float().div(255)


def normalize(image: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """Do what `Normalize(mean, std)` does."""
    mean_, std_ = torch.as_tensor(mean, dtype=image.dtype), torch.as_tensor(std, dtype=image.dtype)
    return image.clone().sub_(mean_.view(-1, 1, 1)).div_(std_.view(-1, 1, 1))


@final
class Pictures(Dataset[tuple[Tensor, int]]):
    """Augmented images out of an array (N, H, W, 3) of bytes, as torchvision's CIFAR10 holds them."""

    def __init__(self, images: np.ndarray, labels: Sequence[int], mean: Sequence[float], std: Sequence[float]) -> None:
        self.images, self.labels, self.mean, self.std = images, labels, mean, std

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture = random_horizontal_flip(random_crop(Image.fromarray(self.images[index]), padding=4))
        return normalize(to_tensor(picture), self.mean, self.std), self.labels[index]
