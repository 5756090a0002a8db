"""Hold out a fixed, stratified part of the training images for validation."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


def split_validation(labels: Tensor, validation: int | float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Divide images into a training and a validation part with the same class proportions.

    `labels` is int64 of shape (N,); `validation` is a number of images (int) or a share (float between 0 and 1).
    Returns two sorted int64 index tensors. The division depends on `seed`, which is not the seed of a run: all runs on
    one set share their validation images. Raises `ValueError` if a part would be empty.
    """
    total = len(labels)
    wanted = _number(validation, total)
    values = labels.cpu().numpy()
    counts = np.bincount(values)
    held_out = _shares(counts, wanted)
    generator = np.random.default_rng(np.random.SeedSequence([seed, total]))
    chosen = np.zeros(total, dtype=bool)
    for label, number in enumerate(held_out):
        members = np.flatnonzero(values == label)
        chosen[generator.permutation(members)[:number]] = True
    return torch.from_numpy(np.flatnonzero(~chosen)), torch.from_numpy(np.flatnonzero(chosen))


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


def _shares(counts: npt.NDArray[np.int64], wanted: int) -> list[int]:
    """Distribute `wanted` over the classes in proportion to `counts`, by largest remainder.

    A class loses its last training image only if no other class has more than one left.
    """
    exact = counts * wanted / counts.sum()
    shares = np.floor(exact).astype(int)
    last = counts - shares <= 1
    order = np.lexsort((shares - exact, last))
    shares[order[: wanted - shares.sum()]] += 1
    return [int(share) for share in shares]
