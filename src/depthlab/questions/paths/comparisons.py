"""Runs compared by what was measured of their paths, network by network over seeds."""

from collections.abc import Mapping, Sequence
from typing import Literal

from depthlab.questions.compared import compare_sides, correct
from depthlab.questions.grouping import grouped
from depthlab.questions.paths.record import PathRun
from depthlab.records import Compared, Interval
from depthlab.statistics import LEVEL, t_interval

MOMENTS: tuple[Literal["initial", "final"], ...] = ("initial", "final")
FAMILIES = {"initial": "gradients at initial weights", "final": "gradients at final weights"}
NEARBY = "correlation of neighboring gradients"


def over_seeds(values: Sequence[float]) -> Interval | None:
    """Return the interval of a mean over seeds; None for one seed or none."""
    return t_interval(values, LEVEL) if len(values) > 1 else None


def compare_nearby(runs: Sequence[PathRun]) -> tuple[Compared, ...]:
    """Compare the correlation of neighboring gradients: depths of a series, and series at their largest depth.

    At the initial and at the final weights, each a family of its own (Holm).
    """
    pairs = [*_depths(runs), *_series(runs)]
    found: list[Compared] = []
    for moment in MOMENTS:
        values = {
            name: {run.seed: value for run in same if (value := _neighbors(run, moment)) is not None}
            for name, same in grouped(runs, lambda run: run.network).items()
        }
        compared = [_compare(FAMILIES[moment], NEARBY, a, b, values[a.network], values[b.network]) for a, b in pairs]
        found += correct(compared)
    return tuple(found)


def _compare(
    family: str, measure: str, a: PathRun, b: PathRun, ours: Mapping[int, float], theirs: Mapping[int, float]
) -> Compared:
    return compare_sides(Compared(family, measure, a.series, a.network, b.network, None, None), ours, theirs)


def _depths(runs: Sequence[PathRun]) -> list[tuple[PathRun, PathRun]]:
    """Return the deepest and the shallowest network of each series that has two."""
    series = grouped(runs, lambda run: run.series).values()
    ends = [(max(same, key=_place), min(same, key=_place)) for same in series]
    return [(deep, shallow) for deep, shallow in ends if deep.place != shallow.place]


def _series(runs: Sequence[PathRun]) -> list[tuple[PathRun, PathRun]]:
    """Return the deepest network of each further series with the first series' network of the same depth."""
    first = runs[0].series if runs else ""
    deepest = {series: max(same, key=_place) for series, same in grouped(runs, lambda run: run.series).items()}
    same = [
        (one, next((run for run in runs if run.series == first and run.place == one.place), None))
        for series, one in deepest.items()
        if series != first
    ]
    return [(one, other) for one, other in same if other is not None]


def _neighbors(run: PathRun, moment: Literal["initial", "final"]) -> float | None:
    found = run.initial if moment == "initial" else run.final
    return None if found is None else found.mean_of_neighbors


def _place(run: PathRun) -> float:
    return run.place
