"""Is one mean above another? Welch's test, and the paired t test for runs that share their initial weights."""

import math
from collections.abc import Iterable
from dataclasses import replace

from depthlab.records import Comparison, Interval
from depthlab.statistics.contrasts import variance_floor
from depthlab.statistics.effects import paired_effect, pairs, pooled_effect, unbiasing
from depthlab.statistics.samples import check_level, mean_of, rounding, sample, variance_of
from depthlab.statistics.student import t_tested

ONE_VALUE = "a side has one value, which has no spread: no test"
NO_SPREAD = "no side spreads over its values: nothing to judge the difference by, no test"
NO_SPREAD_OF_PAIRS = "all pairs differ by the same: nothing to judge the difference by, no test"


Floors = tuple[float, float]  # least variances of a and b


def welch(
    a: Iterable[float], b: Iterable[float], level: float | None = None, *, images: int = 0, floors: Floors | None = None
) -> Comparison:
    """Compare two independent samples, whose variances may differ (Welch, Biometrika 34, 1947).

    t = (mean a - mean b) / sqrt(u + v) with u = var a / n, v = var b / m and df = (u + v)² / (u²/(n-1) + v²/(m-1)).
    Difference and interval are in the units of the values; the effect is Hedges' g. With `images`, values are errors in
    percent of so many images, and a side's variance is at least `variance_floor`; `floors` gives the least variances of
    other values.

    One value on a side: no test. One side of equal values is sound, as the other one gives the spread. If neither
    spreads, t is not defined: equal means have p = 1, effect 0 and an interval of no width; means that differ have no
    test, as R's `t.test` refuses them too, for two seeds that agree say nothing of how far others would be apart.
    Raises `ValueError` for a side without values or with one that isn't finite.
    """
    first, second = sample(a, "a"), sample(b, "b")
    level = check_level(level)
    difference, n = mean_of(first) - mean_of(second), (first.size, second.size)
    if min(n) < 2:
        return Comparison(difference, n, "none", note=ONE_VALUE)
    floors = floors or (variance_floor(first, images), variance_floor(second, images))
    sides = zip((first, second), floors, strict=True)
    u, v = (max(variance_of(side), floor) / side.size for side, floor in sides)
    error = math.sqrt(u + v)
    value = pooled_effect(first, second)
    effect = None if value is None else value * unbiasing(sum(n) - 2)
    blank = Comparison(difference, n, "welch", effect=effect, effect_kind="Hedges' g", parts=(u, v))
    if error <= (nothing := rounding(first, second)):
        return _without_spread(blank, nothing, level, NO_SPREAD)
    share = u / (u + v)
    df = 1 / (share**2 / (first.size - 1) + (1 - share) ** 2 / (second.size - 1))
    return t_tested(blank, error, df, level)


def paired(
    a: Iterable[float], b: Iterable[float], level: float | None = None, *, images: int = 0, floors: Floors | None = None
) -> Comparison:
    """Compare pairs, such as runs of two networks from the same initial weights, in the same order (Student, 1908).

    Runs of different depths are not pairs: that they share a seed makes them no more alike than others.

    t = mean(a - b) / (std(a - b) / sqrt(n)) with n - 1 degrees of freedom. Difference and interval are in the units of
    the values; the effect is dz. With `images` or `floors` the variance of the differences is at least both sides'
    floors together. One pair, and pairs that all differ by the same, are treated as `welch` treats one value and
    samples that don't spread. Raises `ValueError` as `welch` does, and for sides of unequal length.
    """
    first, second = pairs(a, b)
    level = check_level(level)
    differences, n = first - second, (first.size, second.size)
    difference = mean_of(differences)
    if first.size < 2:
        return Comparison(difference, n, "none", note=ONE_VALUE)
    floor = sum(floors or (variance_floor(first, images), variance_floor(second, images)))
    error = math.sqrt(max(variance_of(differences), floor) / first.size)
    effect = paired_effect(first, second)
    blank = Comparison(difference, n, "paired t", effect=effect, effect_kind="paired dz", parts=(error**2,))
    if error <= (nothing := rounding(first, second)):
        spreads = math.sqrt(variance_of(first) / first.size) > nothing
        return _without_spread(blank, nothing, level, NO_SPREAD_OF_PAIRS if spreads else NO_SPREAD)
    return t_tested(blank, error, first.size - 1, level)


def _without_spread(blank: Comparison, nothing: float, level: float, note: str) -> Comparison:
    if abs(blank.difference) <= nothing:
        return replace(blank, p=1.0, effect=0.0, interval=Interval(blank.difference, blank.difference, level))
    return Comparison(blank.difference, blank.n, "none", note=note)
