"""How often two members of an ensemble decide for different classes."""

import numpy as np
import torch
from torch import Tensor

from depthlab.records import Interval
from depthlab.statistics import t_interval
from depthlab.statistics.jackknife import pseudo_values


def disagreement(classes: Tensor) -> float | None:
    """Return on how many images two members differ, percent, the mean over all pairs; None with less than two.

    `classes` (members, images) are those that each member decides for. Of m members of which c_k decide for class k,
    m² - Σ c_k² ordered pairs of m (m - 1) differ, so no pair has to be formed.
    """
    members = len(classes)
    if members < 2:
        return None
    squares = _counts(classes).square().sum(dim=1)
    return float(100 * ((members**2 - squares) / (members * (members - 1))).mean())


def disagreement_interval(classes: Tensor, level: float = 0.95) -> Interval | None:
    """Return the interval of the mean disagreement over members as drawn, by the jackknife; None with less than three.

    Pairs share members, so a spread over pairs would be too small.
    """
    members = len(classes)
    if members < 3:
        return None
    counts, images = _counts(classes), torch.arange(classes.shape[1])
    squares = counts.square().sum(dim=1)
    all_but_one = []
    for one in classes:  # without it the count of its class falls by one, the sum of squares by 2 c - 1
        left = squares - 2 * counts[images, one] + 1
        rest = members - 1
        all_but_one.append(float(100 * ((rest**2 - left) / (rest * (rest - 1))).mean()))
    whole = disagreement(classes)
    assert whole is not None
    return t_interval(np.array(pseudo_values(whole, all_but_one)), level)


def _counts(classes: Tensor) -> Tensor:
    """Return how many members decide for each class, (images, classes)."""
    return torch.nn.functional.one_hot(classes.long()).sum(dim=0).double()
