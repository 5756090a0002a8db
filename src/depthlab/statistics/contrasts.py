"""Weighted sums of the means of cells, such as a slope over depths, where each cell has a spread of its own."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from depthlab.records import Comparison
from depthlab.statistics.samples import check_level, mean_of, rounding, sample, variance_of
from depthlab.statistics.student import t_tested

ONE_VALUE = "a cell has one value, which has no spread: no test"
NO_SPREAD = "no cell spreads over its values: nothing to judge by, no test"


@final
@dataclass(frozen=True)
class Cell:
    """The errors of one network over its seeds, in percent, each of them a share of `images` images.

    `images` of 0 is for values that are not such shares: their variance is at least `floor`.
    """

    values: tuple[float, ...]
    images: int = 0
    floor: float = 0.0

    @property
    def mean(self) -> float:
        """The mean of the values."""
        return mean_of(sample(self.values))

    @property
    def variance(self) -> float:
        """The variance of one value, at least `variance_floor` or `floor`; needs two values."""
        return max(variance_of(sample(self.values)), variance_floor(self.values, self.images), self.floor)


def variance_floor(values: Iterable[float], images: int) -> float:
    """Return the least variance that an error of `images` images is taken to have over seeds, in points².

    (100 / N)² (min(k, 1) + 1/2), with k the mean count of wrong images (or of right ones, where they are fewer): three
    seeds that make no error don't show that a fourth makes none. 0 where `images` is 0.
    """
    if not images:
        return 0.0
    return (100 / images) ** 2 * least_count_variance(mean_of(sample(values)) / 100 * images, images)


def least_count_variance(errors: float, images: int) -> float:
    """Return the least variance over seeds that a mean count of wrong images is taken to have; see `variance_floor`."""
    return min(errors, images - errors, 1) + 0.5


def slope_weights(places: Sequence[float]) -> tuple[float, ...]:
    """Return the weights of the least-squares slope of one value at each place: (x - mean) / sum (x - mean)²."""
    x = np.asarray(places, dtype=np.float64) - np.mean(places)
    return tuple(float(weight) for weight in x / (x**2).sum())


def contrast(cells: Sequence[Cell], weights: Sequence[float], level: float | None = None) -> Comparison:
    """Test whether a weighted sum of cell means differs from zero, with each cell's own variance.

    t = sum w m / sqrt(sum w² s²/n), with df = (sum w² s²/n)² / sum (w² s²/n)²/(n - 1) (Welch, Biometrika 38, 1951;
    Satterthwaite, Biometrics 2, 1946). For two cells and weights 1 and -1 it is Welch's test. Cells of weight 0 have no
    say. A cell with one value, and cells that all have no variance (and no floor), give a difference without a test.

    Args:
        cells: In the order of `weights`; each has one value at least.
        weights: In units of the result per point, such as those of `slope_weights`.
        level: Of the interval.

    Raises:
        ValueError: a value isn't finite, or all weights are zero.
    """
    level = check_level(level)
    used = [(cell, weight) for cell, weight in zip(cells, weights, strict=True) if weight]
    if not used:
        raise ValueError("all weights are zero: there is nothing to test")
    difference = math.fsum(weight * cell.mean for cell, weight in used)
    n = tuple(len(cell.values) for cell, _ in used)
    if min(n) < 2:
        return Comparison(difference, n, "none", note=ONE_VALUE)
    parts = [weight**2 * cell.variance / len(cell.values) for cell, weight in used]
    error = math.sqrt(math.fsum(parts))
    largest = max(abs(weight) for _, weight in used)
    if error <= largest * rounding(*(sample(cell.values) for cell, _ in used)):
        return Comparison(difference, n, "none", note=NO_SPREAD)
    df = error**4 / math.fsum(part**2 / (size - 1) for part, size in zip(parts, n, strict=True))
    return t_tested(Comparison(difference, n, "contrast", parts=tuple(parts)), error, df, level)
