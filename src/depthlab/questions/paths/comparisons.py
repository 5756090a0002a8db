"""Runs compared by what was measured of their paths, network by network over seeds."""

from collections.abc import Mapping, Sequence
from typing import Literal

from depthlab.questions.compared import compare_sides, correct
from depthlab.questions.grouping import grouped
from depthlab.questions.paths.record import NearbyGradients, PathRun
from depthlab.records import Compared, Interval
from depthlab.statistics import LEVEL, t_interval

MOMENTS: tuple[Literal["initial", "final"], ...] = ("initial", "final")
FAMILIES = {"initial": "gradients at initial weights", "final": "gradients at final weights"}
NEARBY = "correlation of neighboring gradients"


def neighbors_of(found: NearbyGradients | None) -> float | None:
    """Return the correlation of neighboring gradients, the mean over the lines; None where it is not defined."""
    return found.correlation[1] if found is not None and found.correlation else None


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
            name: _by_seed({run.seed: neighbors_of(getattr(run, moment)) for run in same})
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


def _by_seed(values: Mapping[int, float | None]) -> dict[int, float]:
    return {seed: value for seed, value in values.items() if value is not None}


def _place(run: PathRun) -> float:
    return run.place
