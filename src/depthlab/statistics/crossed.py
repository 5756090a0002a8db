"""Two networks on the same images: seeds and images are both samples, and every seed meets every image."""

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

from depthlab.records import Comparison, Interval
from depthlab.statistics.samples import check_level
from depthlab.statistics.student import t_tested

Matrix = npt.NDArray[np.bool_]


def seeds_and_images_interval(a: npt.ArrayLike, b: npt.ArrayLike, level: float | None = None) -> Interval | None:
    """Return the interval of `crossed`: where the mean of `a` less that of `b` lies, for other seeds and images."""
    return crossed(a, b, level).interval


def crossed(a: npt.ArrayLike, b: npt.ArrayLike, level: float | None = None) -> Comparison:
    """Compare two networks whose runs were all tested on the same images, over seeds and images at once.

    `a` and `b` are of shape (seeds, images) and tell which images each run gets wrong; the networks may have different
    numbers of seeds. The difference of their mean errors, a fraction, has the variance of the two-way crossed random
    model (Searle, Casella & McCulloch, Variance Components, 1992, ch. 4)

        Var = MS_seeds(a) / S_a N + MS_seeds(b) / S_b N + var_images(d) / N - MS_rest(a) / S_a N - MS_rest(b) / S_b N

    with d the difference of the two means of each image, and MS the mean squares of the two-way table. What rests
    beside seeds and images is in the first three terms twice, so it is taken off once. It is never taken to be below
    the larger of the two sources, nor below 1 / N² (an image's worth of doubt, where no run errs). The degrees of
    freedom are Satterthwaite's (Biometrics 2, 1946).

    With one seed on a side, nothing is known of seeds: no test, as for `welch`. Raises `ValueError` for arrays that are
    no such matrices, or of different images.
    """
    level = check_level(level)
    first, second = _matrix(a, "a"), _matrix(b, "b")
    if first.shape[1] != second.shape[1]:
        raise ValueError(f"a has {first.shape[1]} images and b {second.shape[1]}: compare them on the same images")
    n, images = (len(first), len(second)), first.shape[1]
    by_image = first.mean(axis=0) - second.mean(axis=0)
    difference = float(by_image.mean())
    if min(n) < 2:
        return Comparison(difference, n, "none", note="a side has one seed, which tells nothing of others: no test")
    over_seeds = [float(side.mean(axis=1).var(ddof=1)) / len(side) for side in (first, second)]
    over_images = float(by_image.var(ddof=1)) / images
    rest = [_rest(side) / (len(side) * images) for side in (first, second)]
    variance = max(sum(over_seeds) + over_images - sum(rest), sum(over_seeds), over_images, images**-2)
    parts = [*zip(over_seeds, (len(first) - 1, len(second) - 1), strict=True), (over_images, images - 1)]
    spread = math.fsum(part**2 / df for part, df in parts)
    df = min(variance**2 / spread, images - 1) if spread else images - 1
    return t_tested(Comparison(difference, n, "crossed"), math.sqrt(variance), float(df), level)


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the exact two-sided p of McNemar's test (Psychometrika 12, 1947): do two runs err equally often?

    `only_a` and `only_b` count the images that one of the runs alone gets wrong; those that both get wrong, or right,
    tell nothing. Under the null the one count is binomial with share 1/2 of both; with no such image p is 1.
    """
    total = only_a + only_b
    return float(stats.binomtest(only_a, total).pvalue) if total else 1.0


def fisher(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return Fisher's exact two-sided p: do two runs err equally often? Each is (errors, images).

    For runs of which only counts are known: that their images may be the same is not used, which costs power.
    """
    table = [[errors, images - errors] for errors, images in (a, b)]
    return float(stats.fisher_exact(table).pvalue)


def discordant_interval(only_a: int, only_b: int, images: int, level: float | None = None) -> Interval:
    """Return the interval of a difference of errors, a fraction, of two runs on the same images, over images.

    (x - y) ± z sqrt((x + y - (x - y)²) / (n + 2)) with x = (only_a + 1) / (n + 2), y = (only_b + 1) / (n + 2): Wald's
    with an image added to either side (Bonett & Price, J. Educ. Behav. Stat. 37, 2012). It says nothing of other seeds.
    """
    level = check_level(level)
    x, y = ((count + 1) / (images + 2) for count in (only_a, only_b))
    half = float(stats.norm.isf((1 - level) / 2)) * math.sqrt((x + y - (x - y) ** 2) / (images + 2))
    return Interval(x - y - half, x - y + half, level)


def _rest(side: npt.NDArray[np.float64]) -> float:
    """Return the mean square of what neither the seed nor the image accounts for."""
    left = side - side.mean(axis=1, keepdims=True) - side.mean(axis=0, keepdims=True) + side.mean()
    return float((left**2).sum() / ((side.shape[0] - 1) * (side.shape[1] - 1)))


def _matrix(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    matrix = np.asarray(values)
    if matrix.ndim != 2 or matrix.dtype != np.bool_ or matrix.shape[0] < 1 or matrix.shape[1] < 2:
        raise ValueError(f"{name} must be a matrix of booleans, seeds x images, with two images at least")
    return matrix.astype(np.float64)
