"""How many doublings of one axis a doubling of another is worth."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations

from depthlab.records import Interval, RateRatio, Ratio
from depthlab.statistics.ratios import fieller_ratio

Covariance = Mapping[tuple[str, str], float]


def exchange_ratios(
    slopes: Mapping[str, float],
    doublings: Mapping[str, float],
    covariance: Covariance | None,
    df: int,
    level: float,
) -> tuple[RateRatio, ...]:
    """Return the exchange ratio of each two axes, both ways: a slope divided by another, with Fieller's interval.

    Args:
        slopes: The change of the error in points by a doubling of each axis.
        doublings: Of the cost, by a doubling of each axis. An axis along which the cost does not grow has no ratio at
            equal cost.
        covariance: Of the slopes; None gives ratios without intervals.
        df: The degrees of freedom of the covariance.
        level: Of the intervals.
    """
    found = []
    for a, b in permutations(slopes, 2):
        if covariance is None:
            ratio = Ratio(slopes[a] / slopes[b] if slopes[b] else None)
        else:
            block = [[covariance[one, other] for other in (a, b)] for one in (a, b)]
            ratio = fieller_ratio(slopes[a], slopes[b], block, df, level)
        grow = doublings[a] > 0 and doublings[b] > 0
        found.append(RateRatio(a, b, ratio, _scaled(ratio, doublings[b] / doublings[a]) if grow else None))
    return tuple(found)


def _scaled(ratio: Ratio, factor: float) -> Ratio:
    """Return the ratio in other units; the factor is above zero, and known exactly."""

    def ends(interval: Interval | None) -> Interval | None:
        return None if interval is None else replace(interval, low=factor * interval.low, high=factor * interval.high)

    value = None if ratio.value is None else factor * ratio.value
    return Ratio(value, ratio.clear, ends(ratio.interval), ends(ratio.excluded))
