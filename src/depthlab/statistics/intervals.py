"""Where a mean, or any statistic of one sample, may lie."""

import math
import warnings
from collections.abc import Callable, Iterable
from typing import Any, Literal

import numpy as np
from scipy import stats

from depthlab.records import Interval, Summary
from depthlab.statistics.samples import Sample, check_level, mean_of, sample, variance_of

AT_ONCE = 1_000_000  # numbers drawn at a time, so that ten thousand images fit into memory as ten seeds do


def summarize(values: Iterable[float], level: float = 0.95) -> Summary:
    """Describe a sample: n, mean, median, extremes, standard deviation and error, and the mean's t interval.

    Everything is in the units of `values`. One value has a mean and no spread: std, sem and interval are None. Raises
    `ValueError` for no values, for one that isn't finite, and for a `level` outside 0 to 1.
    """
    numbers = sample(values)
    interval = t_interval(numbers, level)
    std = math.sqrt(variance_of(numbers)) if numbers.size > 1 else None
    return Summary(
        n=numbers.size,
        mean=mean_of(numbers),
        median=float(np.median(numbers)),
        low=float(numbers.min()),
        high=float(numbers.max()),
        std=std,
        sem=None if std is None else std / math.sqrt(numbers.size),
        interval=interval,
    )


def t_interval(values: Iterable[float], level: float = 0.95) -> Interval | None:
    """Return mean ± t(level; n - 1) · std / sqrt(n), None for one value (Student, Biometrika 6, 1908).

    It is in the units of `values` and exact if they are normal. Equal values give an interval of no width: the formula
    then knows no more of the spread than that none was seen. Raises as `summarize` does.
    """
    numbers = sample(values)
    check_level(level)
    if numbers.size < 2:
        return None
    mean = mean_of(numbers)
    half = _quantile(level, numbers.size - 1) * math.sqrt(variance_of(numbers) / numbers.size)
    return Interval(mean - half, mean + half, level)


def bootstrap_interval(
    values: Iterable[float],
    statistic: Callable[..., Any] = np.mean,
    level: float = 0.95,
    *,
    resamples: int = 10_000,
    seed: int = 0,
    method: Literal["BCa", "percentile"] = "BCa",
) -> Interval | None:
    """Return the interval of any `statistic` by drawing from the sample anew, None for one value.

    "percentile" takes the quantiles of the statistic over the resamples, "BCa" corrects them for bias and skewness
    (Efron, J. Am. Stat. Assoc. 82, 1987). Where BCa is not defined, as for a median that no single value moves, the
    percentiles are given. With few values either is too narrow: below some ten, `t_interval` is the better one.
    `statistic` takes a vector, or with a parameter `axis` arrays of any shape, and returns numbers. The same `seed`
    gives the same interval. Raises `ValueError` as `summarize` does, and for an unknown `method`.
    """
    numbers = sample(values)
    check_level(level)
    if method not in ("BCa", "percentile"):
        raise ValueError(f"method={method!r} is not a bootstrap: give 'BCa' or 'percentile'")
    if numbers.size < 2:
        return None
    if np.ptp(numbers) == 0:
        value = float(statistic(numbers))
        return Interval(value, value, level)
    for way in (method, "percentile"):
        low, high = _resample(numbers, statistic, level, resamples, seed, way)
        if math.isfinite(low) and math.isfinite(high):
            return Interval(low, high, level)
    raise ValueError("the statistic is not finite on every resample: its bootstrap interval is not defined")


def proportion_interval(errors: int, images: int, level: float = 0.95) -> Interval:
    """Return Wilson's interval of a share: what `errors` wrong of `images` tell of the error on all such images.

    center (p + z²/2N) / (1 + z²/N), half width z / (1 + z²/N) · sqrt(p(1-p)/N + z²/4N²), with p = errors / N (Wilson,
    J. Am. Stat. Assoc. 22, 1927). It is a fraction within 0 to 1, and it holds the noise of the test set alone, not
    that of training. Raises `ValueError` for counts that can't be.
    """
    check_level(level)
    whole = all(isinstance(count, int | np.integer) and not isinstance(count, bool) for count in (errors, images))
    if not (whole and 0 <= errors <= images and images >= 1):
        raise ValueError(
            f"errors={errors} of images={images} is not a share: give whole numbers, 0 <= errors <= images"
        )
    found = stats.binomtest(int(errors), int(images)).proportion_ci(confidence_level=level, method="wilson")
    return Interval(float(found.low), float(found.high), level)


def _quantile(level: float, df: float) -> float:
    """Half of what Student's t leaves out lies above it."""
    return float(stats.t.isf((1 - level) / 2, df))


def _resample(
    numbers: Sample, statistic: Callable[..., Any], level: float, resamples: int, seed: int, method: str
) -> tuple[float, float]:
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # the result is NaN, and is looked at
        found = stats.bootstrap(
            (numbers,),
            statistic,
            n_resamples=resamples,
            batch=max(1, AT_ONCE // numbers.size),
            confidence_level=level,
            method=method,
            rng=np.random.default_rng(seed),
        ).confidence_interval
    return float(found.low), float(found.high)
