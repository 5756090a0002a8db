"""Runs compared by what was measured of their paths, network by network over seeds."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from depthlab.questions.compared import compare_sides, correct
from depthlab.questions.grouping import grouped
from depthlab.questions.paths.record import PathRun
from depthlab.questions.planning import enough_text
from depthlab.records import Compared
from depthlab.statistics import paired

MOMENTS: tuple[Literal["initial", "final"], ...] = ("initial", "final")
FAMILIES = {"initial": "gradients at initial weights", "final": "gradients at final weights"}
NEARBY = "correlation of neighboring gradients"
SHORTER = "mean length of paths"


def average_length(counts: Sequence[int]) -> float:
    """Return the mean length over all paths, each counted once; `counts` has at index k those of length k."""
    return float(Fraction(sum(length * count for length, count in enumerate(counts)), sum(counts)))


def counts_by(run: PathRun, by: str) -> tuple[int, ...]:
    """Return how many paths have which length, counted in branches or in layers."""
    assert run.lengths is not None
    return run.lengths.layers if by == "layers" else run.lengths.branches


def compare_lengths(runs: Sequence[PathRun]) -> tuple[Compared, ...]:
    """Compare the mean length by the gradient with that of all paths: a t test over the seeds of each network (Holm).

    The length of all paths is known exactly, so there is one sample.
    """
    found = []
    for name, same in grouped(runs, lambda run: run.network).items():
        means = [run.by_length.mean_length for run in same if run.by_length is not None]
        if not means or same[0].by_length is None:
            continue
        by = same[0].by_length.by
        average = average_length(counts_by(same[0], by))
        tested = paired(means, [average] * len(means))
        tested = replace(tested, n=(len(means),), method=tested.method.replace("paired t", "one-sample t"), effect=None)
        mean = sum(means) / len(means)
        found.append(Compared(SHORTER, by, same[0].series, name, "all its paths", mean, average, tested))
    corrected = correct(found)
    enough = [enough_text(one.comparison, unit=one.measure) for one in corrected if one.comparison is not None]
    return tuple(replace(one, enough=text) for one, text in zip(corrected, enough, strict=True))


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
        blanks = [Compared(FAMILIES[moment], NEARBY, a.series, a.network, b.network, None, None) for a, b in pairs]
        found += correct([compare_sides(one, values[one.a], values[one.b]) for one in blanks], 0.05, unit="")
    return tuple(found)


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
