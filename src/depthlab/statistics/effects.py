"""How large a difference is, in standard deviations."""

import math
from collections.abc import Iterable

import numpy as np
from scipy import optimize, special, stats

from depthlab.records import Effect, Interval
from depthlab.statistics.samples import Sample, check_level, mean_of, rounding, sample, variance_of

LARGEST_T = 100.0  # the series of the noncentral t converge up to here


def cohen_d(a: Iterable[float], b: Iterable[float], level: float = 0.95) -> Effect | None:
    """Return d = (mean a - mean b) / s, with s² = ((n-1) var a + (m-1) var b) / (n + m - 2) pooled (Cohen, 1988).

    The interval inverts the noncentral t with n + m - 2 degrees of freedom (Steiger and Fouladi, 1997); it is exact for
    normal values of equal variance. None if a side has one value, or if nothing spreads and yet the means differ; 0
    without an interval if nothing spreads and they are equal.
    """
    first, second = sample(a, "a"), sample(b, "b")
    check_level(level)
    if (value := pooled_effect(first, second)) is None:
        return None
    root = math.sqrt(1 / first.size + 1 / second.size)
    spread = pooled_std(first, second) > rounding(first, second)
    interval = _interval(value / root, first.size + second.size - 2, root, level) if spread else None
    return Effect("Cohen's d", value, interval)


def hedges_g(a: Iterable[float], b: Iterable[float], level: float = 0.95) -> Effect | None:
    """Return Cohen's d times J(n + m - 2), which takes its bias away (Hedges, J. Educ. Stat. 6, 1981, eq. 6e).

    With three seeds a side d is too large by a quarter on average. The interval is that of d times the same factor.
    None, and 0, as for `cohen_d`.
    """
    first, second = sample(a, "a"), sample(b, "b")
    if (found := cohen_d(first, second, level)) is None:
        return None
    factor = unbiasing(first.size + second.size - 2)
    ends = found.interval
    interval = Interval(ends.low * factor, ends.high * factor, level) if ends else None
    return Effect("Hedges' g", found.value * factor, interval)


def paired_dz(a: Iterable[float], b: Iterable[float], level: float = 0.95) -> Effect | None:
    """Return dz = mean(a - b) / std(a - b) over pairs (Cohen, 1988, sec. 2.3.5; Lakens, Front. Psychol. 4, 2013).

    Its interval inverts the noncentral t with n - 1 degrees of freedom. None, and 0, as for `cohen_d`. Raises
    `ValueError` if the sides don't have as many values each.
    """
    first, second = pairs(a, b)
    check_level(level)
    if (value := paired_effect(first, second)) is None:
        return None
    root = 1 / math.sqrt(first.size)
    spread = math.sqrt(variance_of(first - second)) > rounding(first, second)
    return Effect("paired dz", value, _interval(value / root, first.size - 1, root, level) if spread else None)


def pairs(a: Iterable[float], b: Iterable[float]) -> tuple[Sample, Sample]:
    """Return both sides of pairs in order; raises `ValueError` if they don't have as many values each."""
    first, second = sample(a, "a"), sample(b, "b")
    if first.size != second.size:
        raise ValueError(
            f"a has {first.size} values and b has {second.size}: pairs need as many on both sides; "
            "values that don't belong together are compared by welch"
        )
    return first, second


def unbiasing(df: int) -> float:
    """Return J(m) = Γ(m/2) / (sqrt(m/2) Γ((m-1)/2)), the factor of Hedges' g; m is 2 or more."""
    return math.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2)


def pooled_std(first: Sample, second: Sample) -> float:
    """Return the standard deviation within both samples, with n + m - 2 below."""
    squares = sum(variance_of(numbers) * (numbers.size - 1) for numbers in (first, second) if numbers.size > 1)
    return math.sqrt(squares / (first.size + second.size - 2))


def pooled_effect(first: Sample, second: Sample) -> float | None:
    """Return Cohen's d as a number."""
    if min(first.size, second.size) < 2:
        return None
    return _ratio(mean_of(first) - mean_of(second), pooled_std(first, second), rounding(first, second))


def paired_effect(first: Sample, second: Sample) -> float | None:
    """Return dz as a number."""
    if first.size < 2:
        return None
    differences = first - second
    return _ratio(mean_of(differences), math.sqrt(variance_of(differences)), rounding(first, second))


def _ratio(difference: float, std: float, nothing: float) -> float | None:
    if std <= nothing:
        return 0.0 if abs(difference) <= nothing else None
    return difference / std


def _interval(t: float, df: int, root: float, level: float) -> Interval | None:
    """Return the noncentralities under which `t` is just not too large or too small, times `root`."""
    if abs(t) > LARGEST_T:
        return None
    low, high = (_noncentrality(abs(t), df, share) for share in ((1 + level) / 2, (1 - level) / 2))
    ends = (low, high) if t >= 0 else (-high, -low)
    return Interval(ends[0] * root, ends[1] * root, level)


def _noncentrality(t: float, df: int, share: float) -> float:
    """Return the noncentrality that leaves `share` of the distribution below `t`, which is 0 or more."""

    def excess(noncentrality: float) -> float:
        # The distribution is NaN where it is too small to be computed.
        return float(np.nan_to_num(stats.nct.cdf(t, df, noncentrality))) - share

    # The share below 0 is a normal variable's, which bounds the root from below; doubling finds a bound above.
    low, step = float(stats.norm.isf(share)) - 1, 2.0
    while excess(low + step) > 0:
        step *= 2
    return float(optimize.brentq(excess, low, low + step, xtol=1e-10))
