"""Robustness and effective size as functions of the number of units and of groups, fitted."""

import math
from collections.abc import Callable, Sequence
from statistics import fmean

from depthlab.analyses.exchange import fit_exchange
from depthlab.analyses.exchange_spread import Point
from depthlab.analyses.exponent import GROUPS, UNITS
from depthlab.records import ExchangeFit, ExponentRun, PieceLesion, PieceSet

ONE_UNIT, SOME_UNITS = "rise after one unit", "rise after a share of the units"
ONE_GROUP, SOME_GROUPS = "rise after one group", "rise after a share of the groups"
SIZE_UNITS, SIZE_GROUPS = "effective size in units", "effective size in groups"
EVEN_UNITS = "units that matter"

Value = Callable[[ExponentRun], float | None]


def _rise_of_one(kind: str) -> Value:
    """Return the mean rise of the error in points, over pieces of units that keep the shape, deleted one by one."""

    def value(run: ExponentRun) -> float | None:
        steady = [one.error for one in _lesions(run, kind)]
        return fmean(steady) - run.error if steady else None

    return value


def _rise_of_some(kind: str) -> Value:
    """Return the mean rise of the error in points, over draws of pieces that are deleted together."""

    def value(run: ExponentRun) -> float | None:
        pieces = pieces_of(run, kind)
        return fmean(pieces.draws) - run.error if pieces is not None and pieces.draws else None

    return value


def _size(kind: str) -> Value:
    """Return the binary logarithm of the effective size, |f|^2 / sum |d_s|^2."""

    def value(run: ExponentRun) -> float | None:
        total = sum(one.effect for one in _lesions(run, kind))
        return math.log2(run.power / total) if total > 0 and run.power > 0 else None

    return value


def _even(run: ExponentRun) -> float | None:
    """Return the binary logarithm of how many units matter, (sum |d_s|)^2 / sum |d_s|^2."""
    effects = [one.effect for one in _lesions(run, UNITS)]
    total = sum(effects)
    return math.log2(sum(math.sqrt(effect) for effect in effects) ** 2 / total) if total > 0 else None


VALUES: dict[str, Value] = {
    SOME_UNITS: _rise_of_some(UNITS),
    SIZE_UNITS: _size(UNITS),
    ONE_UNIT: _rise_of_one(UNITS),
    ONE_GROUP: _rise_of_one(GROUPS),
    SOME_GROUPS: _rise_of_some(GROUPS),
    SIZE_GROUPS: _size(GROUPS),
    EVEN_UNITS: _even,
}
LOGARITHMS = (SIZE_UNITS, SIZE_GROUPS, EVEN_UNITS)  # measures whose values are binary logarithms


def fit_all(runs: Sequence[ExponentRun]) -> tuple[ExchangeFit, ...]:
    """Fit each measure: a level, a slope by a doubling of the units, and one by a doubling of the cardinality.

    Slopes of logarithms are exponents: an effective size that goes with the square root of the units has 0.5. What a
    doubling of the multiply-adds buys is compared along both.
    """
    return tuple(fit_exchange(measure, _points(runs, value)) for measure, value in VALUES.items())


def log2_paths(run: ExponentRun) -> float:
    """Return the binary logarithm of (1 + C)^n, the ways through n units of C groups or the skip each."""
    return run.units * math.log2(1 + run.cardinality)


def pieces_of(run: ExponentRun, kind: str) -> PieceSet | None:
    """Return the lesions of one kind."""
    return next((one for one in run.pieces if one.kind == kind), None)


def _lesions(run: ExponentRun, kind: str) -> list[PieceLesion]:
    """Return the lesions of pieces whose units keep the shape."""
    pieces = pieces_of(run, kind)
    return [] if pieces is None else [one for one in pieces.lesions if not one.transition]


def _points(runs: Sequence[ExponentRun], value: Value) -> list[Point]:
    points = []
    for network in dict.fromkeys(run.network for run in runs):
        same = [run for run in runs if run.network == network]
        first = same[0]
        values = tuple(found for run in same if (found := value(run)) is not None)
        axes = {"depth": float(first.units), "cardinality": float(first.cardinality)}
        points.append(Point(first.family, axes, float(first.multiply_adds), values))
    return points
