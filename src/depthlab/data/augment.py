"""Augmentation as functions from a batch to a batch, on the device where the batch is.

All random numbers come from the given generator, which must be on the CPU, so that its state decides the result on
every device. Images are tensors (N, C, H, W) in any memory format; channels_last is preserved, and fastest.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor


def select_images(images: Tensor, indices: Tensor) -> Tensor:
    """Select the images at `indices`, int64 of shape (N,); the result has the memory format of `images`."""
    if images.is_contiguous():
        return images.index_select(0, indices)
    # index_select copies whole images where they are contiguous; through the (N, C, H, W) view it copies byte by byte
    return images.permute(0, 2, 3, 1).index_select(0, indices).permute(0, 3, 1, 2)


def pad_and_crop(images: Tensor, padding: int, generator: Generator) -> Tensor:
    """Pad every side with `padding` zeros, then crop each image to its old size at a random position.

    He et al. 2015, section 4.2, use padding 4.
    """
    count, channels, height, width = images.shape
    shift = torch.randint(0, 2 * padding + 1, (2, count, 1), generator=generator)
    down, right = shift.to(images.device, non_blocking=True)
    padded = F.pad(images.permute(0, 2, 3, 1), (0, 0, padding, padding, padding, padding)).contiguous()
    rows, columns = height + 2 * padding, width + 2 * padding
    # a row of a window is contiguous in memory: view all such rows at once, then select and copy whole rows
    rows_of_windows = padded.as_strided((count * rows * columns - width + 1, width * channels), (channels, 1))
    first = torch.arange(count, device=images.device)[:, None] * rows + torch.arange(height, device=images.device)
    start = (first + down) * columns + right
    cropped = rows_of_windows.index_select(0, start.flatten())
    return cropped.view(count, height, width, channels).permute(0, 3, 1, 2)


def flip(images: Tensor, generator: Generator) -> Tensor:
    """Mirror each image left to right with probability 1/2."""
    mirrored = torch.rand(len(images), generator=generator) < 0.5
    which = mirrored.to(images.device, non_blocking=True)[:, None, None, None]
    return torch.where(which, images.flip(3), images)


def normalize(images: Tensor, mean: Tensor, std: Tensor, *, channels_last: bool) -> Tensor:
    """Turn bytes into float32 with (pixel / 255 - mean) / std, by one multiply-add; `mean`, `std` have shape (C,)."""
    count, channels, height, width = images.shape
    scale, offset = 1 / (255 * std), -mean / std
    if channels_last:
        # rows of pixels with rows of constants: long inner loops, where a broadcast over C has loops of C
        rows = images.permute(0, 2, 3, 1).reshape(count * height, width * channels)
        result = torch.addcmul(offset.repeat(width), rows.float(), scale.repeat(width))
        return result.view(count, height, width, channels).permute(0, 3, 1, 2)
    planes = images.contiguous().view(count, channels, height * width)
    return torch.addcmul(offset[:, None], planes.float(), scale[:, None]).view(images.shape)


def cutout(images: Tensor, size: int, generator: Generator) -> Tensor:
    """Set a square of `size` x `size` pixels to 0 at a random position in each normalized image.

    The center is uniform over the pixels, so a square may lie partly outside (DeVries and Taylor 2017, arXiv
    1708.04552; size 16 on CIFAR-10, 8 on CIFAR-100).
    """
    count, _, height, width = images.shape
    middle_y = torch.randint(0, height, (count, 1), generator=generator).to(images.device, non_blocking=True)
    middle_x = torch.randint(0, width, (count, 1), generator=generator).to(images.device, non_blocking=True)
    inside_y = _covered(middle_y, size, height)[:, None, :, None]
    inside_x = _covered(middle_x, size, width)[:, None, None, :]
    return images * (~(inside_y & inside_x)).to(images.dtype)  # takes a third of the time of masked_fill


def _covered(middle: Tensor, size: int, length: int) -> Tensor:
    """Mark the pixels of a line that a square around `middle` covers: bool, (N, length)."""
    position = torch.arange(length, device=middle.device)
    start = middle - size // 2
    return (position >= start) & (position < start + size)


def mixup(images: Tensor, targets: Tensor, alpha: float, generator: Generator) -> tuple[Tensor, Tensor]:
    """Mix the batch with a permutation of itself, pixels and targets alike, by one share from Beta(alpha, alpha).

    `targets` is float of shape (N, K). Zhang et al. 2018 (arXiv 1710.09412), with alpha = 1 on CIFAR.
    """
    share = _beta(alpha, generator)
    other = torch.randperm(len(images), generator=generator).to(images.device, non_blocking=True)
    return images.lerp(select_images(images, other), 1 - share), targets.lerp(targets[other], 1 - share)


def cutmix(images: Tensor, targets: Tensor, alpha: float, generator: Generator) -> tuple[Tensor, Tensor]:
    """Paste a rectangle from other images of the batch; targets mix by the remaining share of the area.

    `targets` is float of shape (N, K). The rectangle covers 1 - Beta(alpha, alpha) of the image around a random pixel,
    clipped to the image (Yun et al. 2019, arXiv 1905.04899, algorithm A1, with alpha = 1).
    """
    height, width = images.shape[2:]
    side = float(np.sqrt(1 - _beta(alpha, generator)))
    other = torch.randperm(len(images), generator=generator).to(images.device, non_blocking=True)
    top, bottom = _interval(int(height * side), height, generator)
    left, right = _interval(int(width * side), width, generator)
    mixed = images.clone(memory_format=torch.preserve_format)
    mixed[:, :, top:bottom, left:right] = select_images(images[:, :, top:bottom, left:right], other)
    share = 1 - (bottom - top) * (right - left) / (height * width)
    return mixed, targets.lerp(targets[other], 1 - share)


def _interval(size: int, length: int, generator: Generator) -> tuple[int, int]:
    middle = int(torch.randint(0, length, (), generator=generator))
    return max(middle - size // 2, 0), min(middle + size // 2, length)


def _beta(alpha: float, generator: Generator) -> float:
    """Draw from Beta(alpha, alpha); torch's own sampler does not take a generator."""
    seed = int(torch.randint(0, 2**62, (), generator=generator))
    return float(np.random.default_rng(seed).beta(alpha, alpha))
