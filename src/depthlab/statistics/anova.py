"""Analysis of variance of a factorial: what each axis and each pair of axes changes, and how surely.

The model has a mean, main effects and interactions of two axes; interactions of three and more count as residual, with
the spread over seeds, which makes tests err towards no claim where there are any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, final

import numpy as np
import numpy.typing as npt
from scipy import stats

from depthlab.records import Anova, AnovaTerm, Change, FactorialAxis, Interval
from depthlab.statistics.families import holm
from depthlab.statistics.samples import check_level, rounding, sample
from depthlab.statistics.significance import LEVEL

Matrix = npt.NDArray[np.float64]

ONE_RUN = "no cell of the factorial has two runs, so nothing tells how far runs differ by themselves: no test, no claim"
NO_SPREAD = "the runs don't spread beside what the axes explain: nothing to judge by, no test"


@final
@dataclass(frozen=True)
class Factorial:
    """Runs with one level of each axis, and one measure of each run.

    `places` has a row for each run and a column for each axis: the place of the run's level among the axis' levels.
    """

    axes: tuple[FactorialAxis, ...]
    places: npt.NDArray[np.int64]
    values: Matrix

    @property
    def terms(self) -> list[tuple[int, ...]]:
        """The effects of the model, as places of axes: main effects, then interactions of two."""
        axes = range(len(self.axes))
        return [*combinations(axes, 1), *combinations(axes, 2)]

    def design(self, places: npt.NDArray[np.int64], terms: Sequence[tuple[int, ...]]) -> Matrix:
        """Return a column of ones and those of the terms, coded so that each column sums to zero over a full grid."""
        columns = [np.ones((len(places), 1))]
        for term in terms:
            block = np.ones((len(places), 1))
            for axis in term:
                coded = _sum_to_zero(len(self.axes[axis].levels))[places[:, axis]]
                block = (block[:, :, None] * coded[:, None, :]).reshape(len(places), -1)
            columns.append(block)
        return np.concatenate(columns, axis=1)

    def grid(self) -> npt.NDArray[np.int64]:
        """Return the places of all cells."""
        levels = [len(axis.levels) for axis in self.axes]
        return np.indices(levels, dtype=np.int64).reshape(len(levels), -1).T


def factorial(axes: Sequence[FactorialAxis], levels: Sequence[Mapping[str, Any]], values: Sequence[float]) -> Factorial:
    """Return the factorial of runs: `levels` maps the name of each axis to the run's level, `values` are the measure's.

    Raises `ValueError` for no values, and for one that isn't finite.
    """
    assert axes and len(levels) == len(values), "a level of every axis and a value for each run"
    assert all(len(axis.levels) > 1 for axis in axes), "an axis with one level changes nothing"
    places = [[axis.levels.index(run[axis.name]) for axis in axes] for run in levels]
    return Factorial(tuple(axes), np.array(places, dtype=np.int64).reshape(-1, len(axes)), sample(values))


def analyze(data: Factorial, measure: str, unit: str = "points") -> Anova:
    """Return the table of an analysis of variance.

    Sums of squares are of type II: what a term explains beyond all terms that don't contain it (Yates, 1934; Langsrud,
    Stat. Comput. 13, 2003). Where every cell has as many runs they are those of types I and III too, and add up.
    F = (squares / df) / (residual squares / residual df); partial eta squared is squares / (squares + residual
    squares); p-values are corrected over the terms of the table (Holm). A term that no run tells from others has df 0.

    Without two runs in any cell there is no test, although interactions of three could be taken for noise: such a test
    would rest on there being none.
    """
    terms = data.terms
    whole = _fit(data, terms)
    df, residual = len(data.values) - whole.rank, whole.squares
    counts = _counts(data)
    note = _why_not(data, df, residual, counts)
    rows = []
    for term in terms:
        others = [other for other in terms if not set(term) <= set(other)]
        less, more = _fit(data, others), _fit(data, [*others, term])
        row = AnovaTerm(
            tuple(data.axes[axis].name for axis in term), more.rank - less.rank, max(0.0, less.squares - more.squares)
        )
        rows.append(row if note else _tested(row, df, residual))
    corrected = holm(row.p for row in rows)
    return Anova(
        measure=measure,
        unit=unit,
        terms=tuple(replace(row, p_holm=p) for row, p in zip(rows, corrected, strict=True)),
        residual_df=df,
        residual_squares=residual,
        total_squares=_fit(data, []).squares,
        runs=len(data.values),
        cells=len(data.grid()),
        empty=len(data.grid()) - len(counts),
        fewest=int(counts.min()),
        most=int(counts.max()),
        note=note,
    )


def change(
    data: Factorial,
    measure: str,
    axis: str,
    *,
    at: Mapping[str, Any] | None = None,
    less: Mapping[str, Any] | None = None,
    level: float = LEVEL,
) -> Change:
    """Return how much the measure changes from the first level of an axis to its last, by least squares.

    The change is the mean over all cells of the factorial, or over those with the levels `at`; with `less`, the change
    `at` less the change there. Cells count alike, however many runs they have. The interval is Student's, with the
    residual of the model of `analyze`. Without a test (see there) there is neither interval nor p; a change that the
    runs can't tell, as cells are empty, is None.
    """
    check_level(level)
    terms = data.terms
    weights = _weights(data, axis, at or {})
    if less is not None:
        weights = weights - _weights(data, axis, less)
    design = data.design(data.places, terms)
    inverse = np.linalg.pinv(design)
    untested = Change(measure, axis, dict(at or {}), dict(less or {}), None)
    if not np.allclose(weights @ (inverse @ design), weights, atol=1e-8):
        return untested
    difference = float(weights @ (inverse @ data.values))
    if abs(difference) <= rounding(data.values):
        difference = 0.0
    whole = _fit(data, terms)
    df = len(data.values) - whole.rank
    if _why_not(data, df, whole.squares, _counts(data)):
        return replace(untested, difference=difference)
    error = float(np.linalg.norm(weights @ inverse)) * float(np.sqrt(whole.squares / df))
    low, high = stats.t.interval(level, df, loc=difference, scale=error)
    return replace(
        untested,
        difference=difference,
        interval=Interval(float(low), float(high), level),
        p=float(2 * stats.t.sf(abs(difference) / error, df)),
    )


@final
@dataclass(frozen=True)
class _Fit:
    """A least-squares fit: the rank of its design, and the squares that it leaves."""

    rank: int
    squares: float


def _fit(data: Factorial, terms: Sequence[tuple[int, ...]]) -> _Fit:
    design = data.design(data.places, terms)
    center = data.values.mean()  # out of the way of rounding
    found, _, rank, _ = np.linalg.lstsq(design, data.values - center, rcond=None)
    return _Fit(int(rank), float(np.sum((data.values - center - design @ found) ** 2)))


def _tested(row: AnovaTerm, df: int, residual: float) -> AnovaTerm:
    if not row.df:
        return row
    f = (row.squares / row.df) / (residual / df)
    return replace(row, f=f, p=float(stats.f.sf(f, row.df, df)), eta=row.squares / (row.squares + residual))


def _why_not(data: Factorial, df: int, residual: float, counts: npt.NDArray[np.int64]) -> str:
    if counts.max() < 2:
        return ONE_RUN
    assert df > 0, "two runs of a cell differ in nothing that the model has"
    return NO_SPREAD if residual <= len(data.values) * rounding(data.values) ** 2 else ""


def _counts(data: Factorial) -> npt.NDArray[np.int64]:
    """Return how many runs each cell has that has some."""
    counts: npt.NDArray[np.int64] = np.unique(data.places, axis=0, return_counts=True)[1]
    return counts


def _weights(data: Factorial, axis: str, at: Mapping[str, Any]) -> Matrix:
    """Return the weights of the model's coefficients in the mean over cells of the change along an axis."""
    names = [one.name for one in data.axes]
    assert axis in names and axis not in at and set(at) <= set(names), f"no such change: {axis} at {dict(at)}"
    cells = data.grid()
    for name, level in at.items():
        column = names.index(name)
        cells = cells[cells[:, column] == data.axes[column].levels.index(level)]
    column = names.index(axis)
    means = [
        data.design(cells[cells[:, column] == place], data.terms).mean(axis=0)
        for place in (0, len(data.axes[column].levels) - 1)
    ]
    weights: Matrix = means[1] - means[0]
    return weights


def _sum_to_zero(levels: int) -> Matrix:
    """Return a row for each level: that of the last one is minus the sum of the others."""
    return np.concatenate([np.eye(levels - 1), -np.ones((1, levels - 1))])
