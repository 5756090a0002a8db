"""Numbers as they stand in the cells of tables."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, final

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


@final
@dataclass(frozen=True)
class Parts:
    """Several values in one cell: shown as `text`, and in the file, exactly, in a column each.

    The file's columns have the names of the values behind that of the table's column; "" is the column itself.
    """

    text: str
    values: Mapping[str, Any]
    decimals: int | None = None  # of a result; the number in the column before it is shown with as many

    def __str__(self) -> str:
        return self.text


_LEVEL = " (95 % or as told)"
INTERVAL = f"interval{_LEVEL}"  # over a column of `interval_cell`
INTERVAL_AT_COST = f"interval at equal cost{_LEVEL}"


def file_columns(head: str, column: Sequence[Any]) -> dict[str, tuple[Any, ...]]:
    """Return a column as it is in a file: a name and exact values for each number that its cells hold."""
    if not any(isinstance(value, Estimate | Parts) for value in column):
        return {head: tuple(column)}
    cells = [_values(value) for value in column]
    keys = dict.fromkeys(key for cell in cells for key in cell)
    stem = head.removesuffix(_LEVEL)
    return {f"{stem}, {key}" if key else stem: tuple(cell.get(key) for cell in cells) for key in keys}


def _values(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Parts):
        return value.values
    if isinstance(value, Estimate):
        return {"": value.mean, "std": value.std}
    return {} if value is None else {"": value}


def interval_decimals(interval: Interval) -> int:
    """Return the decimals that show an interval's width to two digits, and that a finite end is clear of zero."""
    if not all(map(math.isfinite, (interval.low, interval.high))):
        return 2
    decimals = spread_decimals(interval.high - interval.low)
    if interval.low > 0 or interval.high < 0:
        nearest = min(abs(interval.low), abs(interval.high))
        decimals = max(decimals, min(spread_decimals(nearest), _MOST_DECIMALS))
    return decimals


def interval_cell(interval: Interval | None) -> Parts | None:
    """Write an interval, its width to two digits; beside zero also the nearer end, as to be clear of it is a result.

    Its level is told if that isn't 95 %: beside a corrected p it is the level at which it agrees with the decision.
    """
    if interval is None:
        return None
    ends = (interval.low, interval.high)
    level = "" if interval.level == 0.95 else f" ({100 * interval.level:.3g} %)"
    values = {"low": interval.low, "high": interval.high, "level": interval.level}
    if not all(map(math.isfinite, ends)):
        return Parts(" to ".join(f"{end:.3g}" for end in ends) + level, values)
    decimals = interval_decimals(interval)
    return Parts(" to ".join(fixed(end, decimals) for end in ends) + level, values, decimals)
