"""Numbers as they stand in the cells of tables."""

import statistics
from collections.abc import Sequence

from depthlab.records import Interval


def interval_cell(interval: Interval | None) -> str | None:
    """Write an interval with three digits; None, an empty cell, where there is none."""
    return None if interval is None else f"{interval.low:.3g} to {interval.high:.3g}"


def mean_and_std(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the mean and the sample's standard deviation; None for what too few values leave open."""
    if not values:
        return None, None
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None
