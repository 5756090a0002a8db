"""What a doubling of depth buys against a doubling of width or of cardinality.

The model is error = level(family) + sum over axes of slope(axis) · log2(value), fitted by least squares over all runs.
A slope is then the change of the error, in points, by one doubling. Fitted to log2(cost) the same model tells by what
factor a doubling multiplies the cost, and the quotient of both what a doubling of the cost buys along each axis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy import linalg, stats

from depthlab.analyses.statistics import holm
from depthlab.records import Exchange, ExchangeFit, Interval, RateContrast

AXES = ("depth", "width", "cardinality")
LEVEL = 0.95
OFF_THE_LINES = 0.05  # below this p, networks lie off the lines by more than seeds differ

Array: TypeAlias = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class Point:
    """A network: its family, its values on the axes that it has, its cost, and its errors in percent, one a seed."""

    family: str
    values: Mapping[str, float]
    cost: float
    errors: tuple[float, ...]


@final
@dataclass(frozen=True)
class _Spread:
    """How far slopes may be off: their covariance, and the degrees of freedom that it rests on."""

    covariance: Array
    df: int
    std: float


def fit_exchange(measure: str, points: Sequence[Point], *, level: float = LEVEL) -> ExchangeFit:
    """Fit the exchange rates of the axes that vary.

    Intervals are Student's, of the residuals of all runs. Where networks lie off the lines by more than seeds differ
    (F test of lack of fit, Draper and Smith 1998, sec. 2.1), runs of a network are no independent witnesses of a line,
    and intervals rest on the scatter of networks about it. With one seed a network there are slopes and no intervals.
    Where networks are too few to tell the axes apart there is no fit, and `notes` says so.
    """
    points = [point for point in points if point.errors]
    runs = sum(len(point.errors) for point in points)
    blank = ExchangeFit(measure, runs, len(points))
    families = list(dict.fromkeys(point.family for point in points))
    axes = [axis for axis in AXES if _varies(axis, points)]
    design = _design(points, families, axes)
    if not axes or np.linalg.matrix_rank(design) < design.shape[1]:
        return _without_fit(blank, design.shape[1], axes)
    rows = np.repeat(design, [len(point.errors) for point in points], axis=0)
    errors = np.concatenate([point.errors for point in points])
    slopes = _solve(rows, errors)
    factors = _solve(design, np.log2([point.cost for point in points]))
    spread, lack, notes = _spread(points, rows, errors, slopes)
    first = len(families)
    exchanges = [_exchange(axis, first + number, slopes, factors, spread, level) for number, axis in enumerate(axes)]
    return ExchangeFit(
        measure,
        runs,
        len(points),
        exchanges=tuple(exchanges),
        contrasts=_contrasts(axes, first, slopes, factors, spread, level),
        levels={family: float(slopes[number]) for number, family in enumerate(families)},
        std=spread.std if spread else None,
        df=spread.df if spread else 0,
        lack_of_fit=lack,
        notes=notes,
    )


def _varies(axis: str, points: Sequence[Point]) -> bool:
    """Whether two networks of one family differ on the axis."""
    seen: dict[str, set[float]] = {}
    for point in points:
        if axis in point.values:
            seen.setdefault(point.family, set()).add(point.values[axis])
    return any(len(values) > 1 for values in seen.values())


def _design(points: Sequence[Point], families: Sequence[str], axes: Sequence[str]) -> Array:
    """Return a row a network: which family it is of, and its logarithms; what a family lacks is in its level."""
    rows = [
        [
            *(float(point.family == family) for family in families),
            *(np.log2(point.values[axis]) if axis in point.values else 0.0 for axis in axes),
        ]
        for point in points
    ]
    return np.array(rows, dtype=float).reshape(len(points), len(families) + len(axes))


def _solve(rows: Array, values: Array) -> Array:
    return np.asarray(linalg.lstsq(rows, values)[0], dtype=float)


def _spread(
    points: Sequence[Point], rows: Array, errors: Array, slopes: Array
) -> tuple[_Spread | None, float | None, tuple[str, ...]]:
    """Return the uncertainty of the slopes, the p of lack of fit, and what has to be said."""
    runs, coefficients = rows.shape
    within = runs - len(points)  # degrees of freedom of seeds
    between = len(points) - coefficients  # and of networks about the lines
    if within == 0:
        return None, None, ("One seed a network: the slopes are points, and no claim is made.",)
    residual = float(np.sum((errors - rows @ slopes) ** 2))
    pure = sum(float(np.sum((np.array(point.errors) - np.mean(point.errors)) ** 2)) for point in points)
    off = max(0.0, residual - pure)
    if residual <= 1e-18 * max(1.0, float(np.sum(errors**2))):
        return None, None, ("The errors don't spread at all, so that no interval can be given and no claim is made.",)
    variance, df, lack = residual / (runs - coefficients), runs - coefficients, None
    notes: tuple[str, ...] = ()
    if between == 0:
        notes = ("As many networks as coefficients: whether the lines are straight can't be seen.",)
    elif pure > 0:
        lack = float(stats.f.sf(off / between / (pure / within), between, within))
        if lack < OFF_THE_LINES:
            variance, df = off / between, between
            notes = (
                f"The networks lie off the lines by more than seeds differ (lack of fit, p = {lack:.2g}): rates are "
                "averages over the range that was looked at, and their intervals rest on the scatter of networks.",
            )
    inverse = np.linalg.inv(rows.T @ rows)
    return _Spread(variance * inverse, df, variance**0.5), lack, notes


def _exchange(axis: str, column: int, slopes: Array, factors: Array, spread: _Spread | None, level: float) -> Exchange:
    weights = np.zeros_like(slopes)
    weights[column] = 1.0
    points, interval, p = _told(weights, slopes, spread, level)
    doublings = float(factors[column])  # of the cost
    per_cost: float | None = None
    per_interval: Interval | None = None
    if doublings > 0:
        per_cost, per_interval, _ = _told(weights / doublings, slopes, spread, level)
    return Exchange(axis, points, 2.0**doublings, per_cost, interval, per_interval, p)


def _contrasts(
    axes: Sequence[str], first: int, slopes: Array, factors: Array, spread: _Spread | None, level: float
) -> tuple[RateContrast, ...]:
    """Compare what a doubling of the cost buys along each two axes; the later axis less the earlier one."""
    found: list[tuple[str, str, float, Interval | None, float | None]] = []
    for (one, earlier), (two, later) in combinations(enumerate(axes, first), 2):
        if factors[one] <= 0 or factors[two] <= 0:
            continue
        weights = np.zeros_like(slopes)
        weights[one], weights[two] = -1 / factors[one], 1 / factors[two]
        found.append((later, earlier, *_told(weights, slopes, spread, level)))
    corrected = holm(p for *_, p in found)
    return tuple(RateContrast(*values, p_holm) for values, p_holm in zip(found, corrected, strict=True))


def _told(
    weights: Array, slopes: Array, spread: _Spread | None, level: float
) -> tuple[float, Interval | None, float | None]:
    """Return a weighted sum of slopes with its interval, and the p that it is zero."""
    value = float(weights @ slopes)
    if spread is None:
        return value, None, None
    error = float(weights @ spread.covariance @ weights) ** 0.5
    half = float(stats.t.isf((1 - level) / 2, spread.df)) * error
    return value, Interval(value - half, value + half, level), float(2 * stats.t.sf(abs(value) / error, spread.df))


def _without_fit(blank: ExchangeFit, coefficients: int, axes: Sequence[str]) -> ExchangeFit:
    if not axes:
        text = "No axis varies among the networks with a result: there is nothing to fit."
    else:
        text = (
            f"Too few networks for a fit: {blank.networks} with a result can't tell {' and '.join(axes)} apart, which "
            f"takes {coefficients} or more that differ on each axis."
        )
    return replace(blank, notes=(text,))
