"""Hold out a fixed, stratified part of the training images for validation."""

import torch
from torch import Tensor

from depthlab.data.choice import choose_images


def split_validation(labels: Tensor, validation: int | float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Divide images into a training and a validation part with the same class proportions.

    `labels` is int64 of shape (N,); `validation` is a number of images (int) or a share (float between 0 and 1).
    Returns two sorted int64 index tensors. The division depends on `seed`, which is not the seed of a run: all runs on
    one set share their validation images. Raises `ValueError` if a part would be empty.
    """
    total = len(labels)
    held_out = torch.zeros(total, dtype=torch.bool)
    held_out[choose_images(labels, _number(validation, total), seed)] = True
    return (~held_out).nonzero().flatten(), held_out.nonzero().flatten()


def _number(validation: int | float, total: int) -> int:
    if isinstance(validation, bool) or not isinstance(validation, int | float):
        raise ValueError(f"validation={validation!r} is not a number of images or a share such as data.validation=0.1")
    share = isinstance(validation, float)
    possible = 0 < validation < 1 if share else True  # False for NaN too
    number = round(validation * (total if share else 1)) if possible else 0
    if not 0 < number < total:
        raise ValueError(
            f"validation={validation} leaves no images to train on or none to validate on: type a share between 0 "
            f"and 1, such as data.validation=0.1, or a number of images from 1 to {total - 1}"
        )
    return number
