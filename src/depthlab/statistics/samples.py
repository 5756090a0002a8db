"""What every statistic asks of its numbers first: that they are finite, and whether they spread at all."""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from depthlab.statistics.significance import told_level

Sample = npt.NDArray[np.float64]

LARGEST = 1e150  # beyond it a square is not finite


def sample(values: Iterable[float], name: str = "values") -> Sample:
    """Return `values` as a vector of one number or more.

    Raises `ValueError`, which calls them `name`, if there is none or one isn't finite: what diverged is counted by the
    caller and never averaged.
    """
    assert not isinstance(values, Mapping | str), f"{name}: the values of a mapping are meant, not its keys"
    numbers = np.array(list(values), dtype=np.float64)
    if numbers.size == 0:
        raise ValueError(f"{name} has no values: give at least one finished run")
    if numbers.ndim != 1:
        raise ValueError(f"{name} has shape {numbers.shape}: give one number for each run")
    unfit = numbers[~(np.abs(numbers) < LARGEST)]
    if unfit.size:
        raise ValueError(
            f"{name} has {unfit.size} of {numbers.size} values that are not finite numbers, such as "
            f"{unfit[0]}: leave such runs out and count them apart"
        )
    return numbers


def check_level(level: float | None) -> float:
    """Return the confidence level of an interval: `level`, or for None that of intervals beside claims (`told_level`).

    Raises `ValueError` unless it is a share between 0 and 1.
    """
    if level is None:
        return told_level()
    if isinstance(level, bool) or not 0 < level < 1:
        raise ValueError(f"level={level} is not a confidence level: give a share between 0 and 1, such as 0.95")
    return level


def mean_of(numbers: Sample) -> float:
    """Return the mean; of equal numbers exactly that number, which a rounded sum may miss."""
    return float(numbers[0] if np.ptp(numbers) == 0 else numbers.mean())


def variance_of(numbers: Sample) -> float:
    """Return the variance of the sample, sum (x - mean)² / (n - 1); exactly 0 for equal numbers."""
    return 0.0 if np.ptp(numbers) == 0 else float(numbers.var(ddof=1))


def rounding(*samples: Sample) -> float:
    """Return the size below which a standard error or a difference is nothing but rounding.

    R's `t.test` calls data essentially constant by the same rule: ten times the machine's precision, relative to the
    largest number.
    """
    return 10 * math.ulp(1.0) * max(float(np.abs(numbers).max()) for numbers in samples)
