"""What a doubling of depth buys against a doubling of width or of cardinality.

The model is error = level(family) + sum over axes of slope(axis) · log2(value), fitted by least squares to the mean
errors of networks. A slope is then the change of the error, in points, by one doubling. Fitted to log2(cost) the same
model tells by what factor a doubling multiplies the cost, and the quotient of both what a doubling of the cost buys
along each axis. The quotient of two slopes is the exchange ratio: how many doublings of one axis a doubling of the
other is worth.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import linalg

from depthlab.records import Comparison, Exchange, ExchangeFit, Interval, RateContrast, RateRatio
from depthlab.statistics.exchange_ratios import exchange_ratios
from depthlab.statistics.exchange_spread import Array, Point, Spread, find_spread
from depthlab.statistics.families import corrected
from depthlab.statistics.significance import told_level
from depthlab.statistics.student import t_tested

AXES = ("depth", "width", "cardinality")


def fit_exchange(measure: str, points: Sequence[Point]) -> ExchangeFit:
    """Fit the exchange rates of the axes that vary.

    Intervals and p-values are Student's, with networks as the unit of replication (`find_spread`). Those of all slopes
    and contrasts together are corrected by Holm's method, with intervals that agree (`corrected`). Where networks are
    too few to tell the axes apart there is no fit, and where they are too few to judge by, slopes without intervals;
    `notes` says so.
    """
    points = [point for point in points if point.errors]
    blank = ExchangeFit(measure, sum(len(point.errors) for point in points), len(points))
    families = list(dict.fromkeys(point.family for point in points))
    axes = [axis for axis in AXES if _varies(axis, points)]
    design = _design(points, families, axes)
    if not axes or np.linalg.matrix_rank(design) < design.shape[1]:
        return _without_fit(blank, design.shape[1], axes)
    means = np.array([np.mean(point.errors) for point in points])
    slopes, factors = _solve(design, means), _solve(design, np.log2([point.cost for point in points]))
    found = find_spread(points, design, means, slopes)
    spread = None if isinstance(found, str) else found
    first = len(families)
    doublings = {axis: float(factors[first + n]) for n, axis in enumerate(axes)}
    units = {axis: np.eye(len(slopes))[first + number] for number, axis in enumerate(axes)}
    pairs = [(b, a) for a, b in combinations(axes, 2) if doublings[a] > 0 and doublings[b] > 0]
    apart = [units[b] / doublings[b] - units[a] / doublings[a] for b, a in pairs]
    told = corrected(_estimate(weights, slopes, spread) for weights in (*units.values(), *apart))
    fit = replace(
        blank,
        exchanges=tuple(_exchange(axis, doublings[axis], *one) for axis, one in zip(axes, told, strict=False)),
        contrasts=tuple(_contrast(*pair, *one) for pair, one in zip(pairs, told[len(axes) :], strict=True)),
        ratios=_ratios(axes, first, slopes, factors, spread),
        levels={family: float(slopes[number]) for number, family in enumerate(families)},
    )
    if isinstance(found, str):
        return replace(fit, notes=(found,))
    return replace(fit, std=found.std, seeds_std=found.seeds_std, df=found.df)


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


def _exchange(axis: str, doublings: float, tested: Comparison, p_holm: float | None) -> Exchange:
    """Return what a doubling of an axis buys; it doubles the cost so often."""
    points, interval = tested.difference, tested.interval
    blank = Exchange(axis, points, 2.0**doublings, None, interval, p=tested.p, p_holm=p_holm)
    if doublings <= 0:
        return blank
    per_interval = interval and Interval(interval.low / doublings, interval.high / doublings, interval.level)
    return replace(blank, per_cost=points / doublings, per_cost_interval=per_interval)


def _contrast(later: str, earlier: str, tested: Comparison, p_holm: float | None) -> RateContrast:
    """Compare what a doubling of the cost buys along two axes; the later axis less the earlier one."""
    return RateContrast(later, earlier, tested.difference, tested.interval, tested.p, p_holm)


def _ratios(
    axes: Sequence[str], first: int, slopes: Array, factors: Array, spread: Spread | None
) -> tuple[RateRatio, ...]:
    """Divide what a doubling of each axis changes by what one of each other axis does."""
    places = {axis: first + number for number, axis in enumerate(axes)}
    covariance = None
    if spread is not None:
        covariance = {
            (one, other): float(spread.covariance[row, column])
            for one, row in places.items()
            for other, column in places.items()
        }
    return exchange_ratios(
        {axis: float(slopes[place]) for axis, place in places.items()},
        {axis: float(factors[place]) for axis, place in places.items()},
        covariance,
        0 if spread is None else spread.df,
        told_level(),
    )


def _estimate(weights: Array, slopes: Array, spread: Spread | None) -> Comparison:
    """Return a weighted sum of slopes, tested against zero."""
    blank = Comparison(float(weights @ slopes), (), "none" if spread is None else "contrast")
    if spread is None:
        return blank
    return t_tested(blank, float(weights @ spread.covariance @ weights) ** 0.5, spread.df, told_level())


def _without_fit(blank: ExchangeFit, coefficients: int, axes: Sequence[str]) -> ExchangeFit:
    if not axes:
        text = "No axis varies among the networks with a result: there is nothing to fit."
    else:
        text = (
            f"Too few networks for a fit: {blank.networks} with a result can't tell {' and '.join(axes)} apart, which "
            f"takes {coefficients} or more that differ on each axis."
        )
    return replace(blank, notes=(text,))
