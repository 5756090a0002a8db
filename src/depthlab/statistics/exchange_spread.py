"""How far the slopes of a fit over networks may be off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
import numpy.typing as npt

from depthlab.statistics.contrasts import Cell

Array: TypeAlias = npt.NDArray[np.float64]

ROUNDING = 1e-9  # of the largest value: a smaller spread is none

ONE_SEED = "One seed a network: the slopes are points, and no claim is made."
NO_SPREAD = "The values don't spread at all, so that no interval can be given and no claim is made."


@final
@dataclass(frozen=True)
class Point:
    """A network: its family, its values on the axes that it has, its cost, and its errors in percent, one a seed.

    Errors are shares of `images` images; 0 where the values are not such shares.
    """

    family: str
    values: Mapping[str, float]
    cost: float
    errors: tuple[float, ...]
    images: int = 0


@final
@dataclass(frozen=True)
class Spread:
    """How far slopes may be off: their covariance, its degrees of freedom, and the spreads that it comes from."""

    covariance: Array
    df: int
    std: float  # of networks' means about the fit
    seeds_std: float  # of the runs of one network


def find_spread(points: Sequence[Point], design: Array, means: Array, slopes: Array) -> Spread | str:
    """Return the uncertainty of slopes that were fitted to the means of networks, or why there is none.

    How far a network lies off the fit is a random effect, so that networks are the unit of replication: the variance
    of a mean is that of all means about the fit, with networks - coefficients degrees of freedom. With as many seeds
    everywhere this is the mixed model's test (Kenward and Roger, Biometrics 53, 1997). Where a network's own seeds give
    its mean a larger variance, that one counts, which guards against unequal spreads; nothing is pre-tested.

    Args:
        points: Networks with a value each at least.
        design: A row for each network.
        means: Of the values of each network.
        slopes: The coefficients, by least squares over `means`.
    """
    networks, coefficients = design.shape
    runs = np.array([len(point.errors) for point in points])
    df = networks - coefficients
    if df < 1:
        return (
            f"{networks} networks for {coefficients} coefficients leave nothing to judge by: no claim is made. It "
            f"takes {coefficients + 1} networks at least, and {coefficients + 4} for narrow intervals."
        )
    if runs.max() < 2:
        return ONE_SEED
    own = _seed_variances(points)
    about = float(np.sum((means - design @ slopes) ** 2)) / df
    variances = np.maximum(about, own / runs)
    if variances.max() <= (ROUNDING * max(1.0, float(np.abs(means).max()))) ** 2:
        return NO_SPREAD
    solver = np.linalg.pinv(design)
    return Spread((solver * variances) @ solver.T, df, about**0.5, float(own.mean()) ** 0.5)


def _seed_variances(points: Sequence[Point]) -> Array:
    """Return the variance of one run of each network; of a network with a single run, the mean of the others'."""
    found = np.array([Cell(p.errors, p.images).variance if len(p.errors) > 1 else np.nan for p in points])
    return np.where(np.isnan(found), np.nanmean(found), found)
