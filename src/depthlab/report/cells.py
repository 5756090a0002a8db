"""Numbers as they stand in the cells of tables."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, final

from depthlab.records import Interval, MeasuredRun
from depthlab.report.digits import fixed, spread_decimals

_MOST_DECIMALS = 6
ERRORS = ("test error (%)", "training error (%)", "validation error (%)")


@final
@dataclass(frozen=True)
class Estimate:
    """A mean with the sample's standard deviation, `std`: None of a single value. `note` is shown behind it."""

    mean: float
    std: float | None = None
    note: str = ""

    @classmethod
    def of(cls, values: Sequence[float], note: str = "") -> Self | None:
        """Return the mean of values, such as those of several seeds; None, an empty cell, where there is none."""
        if not values:
            return None
        return cls(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, note)


def error_cells(runs: Sequence[MeasuredRun]) -> tuple[Estimate | None, ...]:
    """Return the errors of a network over its runs, under the heads of `ERRORS`."""
    return tuple(
        Estimate.of([getattr(run, key) for run in runs]) for key in ("test_error", "train_error", "validation_error")
    )


INTERVAL = "interval (95 % or as told)"  # over a column of `interval_cell`


def interval_cell(interval: Interval | None) -> str | None:
    """Write an interval, its width to two digits; beside zero also the nearer end, as to be clear of it is a result.

    Its level is told if that isn't 95 %: beside a corrected p it is the level at which it agrees with the decision.
    """
    if interval is None:
        return None
    ends = (interval.low, interval.high)
    level = "" if interval.level == 0.95 else f" ({100 * interval.level:.3g} %)"
    if not all(map(math.isfinite, ends)):
        return " to ".join(f"{end:.3g}" for end in ends) + level
    decimals = spread_decimals(interval.high - interval.low)
    if interval.low > 0 or interval.high < 0:
        decimals = max(decimals, min(spread_decimals(min(map(abs, ends))), _MOST_DECIMALS))
    return " to ".join(fixed(end, decimals) for end in ends) + level
