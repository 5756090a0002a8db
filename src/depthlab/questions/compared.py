"""Networks, compared pair by pair over their seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from depthlab.records import Compared, MeasuredRun, RunRef
from depthlab.statistics import ALPHA, LEVEL, compare, detectable_difference, holm
from depthlab.statistics.planning import HIGHEST_LEVEL

TRAINING, TEST = "training error", "test error"

VALUES: dict[str, Callable[[MeasuredRun], float]] = {
    TRAINING: lambda run: run.train_error,
    TEST: lambda run: run.test_error,
}


def compare_networks(
    family: str, measure: str, networks: Sequence[tuple[RunRef, RunRef]], runs: Sequence[MeasuredRun]
) -> list[Compared]:
    """Compare pairs of networks by one error, and correct the p-values of all pairs together (Holm).

    Args:
        family: Under which the comparisons are told; each family is corrected for itself.
        measure: `TRAINING` or `TEST`.
        networks: Pairs of runs, each of which stands for its network: `group` and `series` are looked at.
        runs: What the finished ones found.
    """
    blanks = [Compared(family, measure, a.series, a.group, b.group, None, None) for a, b in networks]
    values = {
        name: {run.seed: VALUES[measure](run) for run in runs if run.network == name}
        for one in blanks
        for name in (one.a, one.b)
    }
    return correct([compare_sides(one, values[one.a], values[one.b]) for one in blanks])


def compare_sides(blank: Compared, ours: Mapping[int, float], theirs: Mapping[int, float]) -> Compared:
    """Fill in the means, the comparison and its spread; `correct` has to follow.

    Args:
        blank: Names what is compared.
        ours: Seed -> value of the first side.
        theirs: Likewise of the second.
    """
    blank = replace(blank, mean_a=_mean(ours), mean_b=_mean(theirs))
    if not ours or not theirs:
        return blank
    comparison = compare(ours, theirs, LEVEL)
    std = None
    if comparison.t and comparison.n[0] == comparison.n[1]:
        error = abs(comparison.difference / comparison.t)  # of the mean difference
        seeds = comparison.n[0] if comparison.method == "paired t" else comparison.n[0] / 2
        std = error * seeds**0.5
    return replace(blank, comparison=comparison, std=std)


def correct(family: Sequence[Compared]) -> list[Compared]:
    """Return the comparisons with p-values corrected over all of them together (Holm).

    What they could have shown is told for a comparison that has to stand Holm's first and strictest step: any of them
    might.
    """
    p_values = [None if one.comparison is None else one.comparison.p for one in family]
    tests = sum(p is not None for p in p_values)
    return [
        replace(one, p_holm=p, detectable=_detectable(one, tests))
        for one, p in zip(family, holm(p_values), strict=True)
    ]


def _detectable(one: Compared, tests: int) -> float | None:
    if one.comparison is None or one.std is None:
        return None
    level = 1 - ALPHA / tests
    if level > HIGHEST_LEVEL:  # hundreds of comparisons: not to be computed
        return None
    paired = one.comparison.method == "paired t"
    return detectable_difference(one.comparison.n[0], one.std, level=level, paired=paired)


def _mean(side: Mapping[int, float]) -> float | None:
    return sum(side.values()) / len(side) if side else None
