"""Choose some images of a set, so that they stand for all of it however it is sorted."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


def choose_images(labels: Tensor, count: int, seed: int = 0) -> Tensor:
    """Return the places of `count` images in a set with these labels (N,), int64 in a random order; all if N is less.

    Each class has its share of them, to within one image. The choice depends on `seed` and on the order of images
    within each class; so a set that is sorted by class gives the same images, in the same order, as one that is not.
    """
    values = labels.cpu().numpy()
    generator = np.random.default_rng(np.random.SeedSequence([seed, len(values)]))
    shares = _shares(np.bincount(values), min(count, len(values)))
    chosen = [generator.permutation(np.flatnonzero(values == label))[:share] for label, share in enumerate(shares)]
    return torch.from_numpy(generator.permutation(np.concatenate(chosen)))


def _shares(counts: npt.NDArray[np.int64], wanted: int) -> list[int]:
    """Distribute `wanted` over the classes in proportion to `counts`, by largest remainder.

    A class gives its last image only if no other class has more than one left.
    """
    exact = counts * wanted / counts.sum()
    shares = np.floor(exact).astype(int)
    last = counts - shares <= 1
    order = np.lexsort((shares - exact, last))
    shares[order[: wanted - shares.sum()]] += 1
    return [int(share) for share in shares]
