"""Robustness and effective size as functions of the number of units and of groups, fitted."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from depthlab.questions.exponent.record import GROUPS, UNITS, ExponentRun
from depthlab.questions.grouping import grouped
from depthlab.records import Compared, ExchangeFit
from depthlab.statistics import paired
from depthlab.statistics.exchange import fit_exchange
from depthlab.statistics.exchange_spread import Point

ONE_UNIT, SOME_UNITS = "rise after one unit", "rise after a share of the units"
ONE_GROUP, SOME_GROUPS = "rise after one group", "rise after a share of the groups"
SIZE_UNITS, SIZE_GROUPS = "effective size in units", "effective size in groups"
EVEN_UNITS = "units that matter"

Value = Callable[[ExponentRun], float | None]


def _log2(value: float | None) -> float | None:
    return None if value is None else math.log2(value)


VALUES: dict[str, Value] = {
    SOME_UNITS: lambda run: run.rise_of_some(UNITS),
    SIZE_UNITS: lambda run: _log2(run.effective_size(UNITS)),
    ONE_UNIT: lambda run: run.rise_of_one(UNITS),
    ONE_GROUP: lambda run: run.rise_of_one(GROUPS),
    SOME_GROUPS: lambda run: run.rise_of_some(GROUPS),
    SIZE_GROUPS: lambda run: _log2(run.effective_size(GROUPS)),
    EVEN_UNITS: lambda run: _log2(run.units_that_matter),
}


def fit_all(runs: Iterable[ExponentRun]) -> tuple[ExchangeFit, ...]:
    """Fit each measure: a level, a slope by a doubling of the units, and one by a doubling of the cardinality.

    Slopes of logarithms are exponents: an effective size that goes with the square root of the units has 0.5. What a
    doubling of the multiply-adds buys is compared along both. Runs without lesions are left out.
    """
    by_network = grouped((run for run in runs if run.pieces), lambda run: run.network)
    return tuple(
        fit_exchange(measure, [_point(same, value) for same in by_network.values()])
        for measure, value in VALUES.items()
    )


def _point(same: Sequence[ExponentRun], value: Value) -> Point:
    """Return one network with the values of its runs."""
    first = same[0]
    axes = {"depth": float(first.units), "cardinality": float(first.cardinality)}
    values = tuple(found for run in same if (found := value(run)) is not None)
    return Point(first.family, axes, float(first.multiply_adds), values)


def compare_pieces(runs: Iterable[ExponentRun]) -> Compared | None:
    """Compare the rises without the same share of units and of groups over networks, each by the means of its seeds.

    Both lesions are of the same trained networks, which makes pairs; None where no network has both.
    """
    rises: dict[str, list[tuple[float, float]]] = {}
    for run in runs:
        units, groups = VALUES[SOME_UNITS](run), VALUES[SOME_GROUPS](run)
        if units is not None and groups is not None:
            rises.setdefault(run.network, []).append((units, groups))
    if not rises:
        return None
    of_units = [fmean(units for units, _ in same) for same in rises.values()]
    of_groups = [fmean(groups for _, groups in same) for same in rises.values()]
    blank = Compared("units against groups", SOME_UNITS, "", UNITS, GROUPS, fmean(of_units), fmean(of_groups))
    return replace(blank, comparison=paired(of_units, of_groups))
