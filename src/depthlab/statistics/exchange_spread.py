"""How far the slopes of a fit over networks may be off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy import stats

from depthlab.statistics.significance import is_significant

Array: TypeAlias = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class Point:
    """A network: its family, its values on the axes that it has, its cost, and its errors in percent, one a seed."""

    family: str
    values: Mapping[str, float]
    cost: float
    errors: tuple[float, ...]


@final
@dataclass(frozen=True)
class Spread:
    """How far slopes may be off: their covariance, and the degrees of freedom that it rests on."""

    covariance: Array
    df: int
    std: float


def find_spread(
    points: Sequence[Point], rows: Array, errors: Array, slopes: Array
) -> tuple[Spread | None, float | None, tuple[str, ...]]:
    """Return the uncertainty of the slopes, the p of lack of fit, and what has to be said."""
    runs, coefficients = rows.shape
    within = runs - len(points)  # degrees of freedom of seeds
    between = len(points) - coefficients  # and of networks about the lines
    if within == 0:
        return None, None, ("One seed a network: the slopes are points, and no claim is made.",)
    residual = float(np.sum((errors - rows @ slopes) ** 2))
    pure = sum(float(np.sum((np.array(point.errors) - np.mean(point.errors)) ** 2)) for point in points)
    off = max(0.0, residual - pure)
    if residual <= 1e-18 * max(1.0, float(np.sum(errors**2))):
        return None, None, ("The errors don't spread at all, so that no interval can be given and no claim is made.",)
    variance, df, lack = residual / (runs - coefficients), runs - coefficients, None
    notes: tuple[str, ...] = ()
    if between == 0:
        notes = ("As many networks as coefficients: whether the lines are straight can't be seen.",)
    elif pure > 0:
        lack = float(stats.f.sf(off / between / (pure / within), between, within))
        if is_significant(lack):
            variance, df = off / between, between
            notes = (
                f"The networks lie off the lines by more than seeds differ (lack of fit, p = {lack:.2g}): rates are "
                "averages over the range that was looked at, and their intervals rest on the scatter of networks.",
            )
    inverse = np.linalg.inv(rows.T @ rows)
    return Spread(variance * inverse, df, variance**0.5), lack, notes
