"""Networks, compared pair by pair over their seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from depthlab.analyses.statistics import compare, detectable_difference, holm
from depthlab.records import Compared, MeasuredRun, RunRef

LEVEL = 0.95
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
    found = [_compare(family, measure, a, b, runs) for a, b in networks]
    corrected = holm(one.comparison.p if one.comparison is not None else None for one in found)
    return [replace(one, p_holm=p) for one, p in zip(found, corrected, strict=True)]


def _compare(family: str, measure: str, a: RunRef, b: RunRef, runs: Sequence[MeasuredRun]) -> Compared:
    ours, theirs = ({run.seed: VALUES[measure](run) for run in runs if run.network == one.group} for one in (a, b))
    blank = Compared(family, measure, a.series, a.group, b.group, _mean(ours), _mean(theirs))
    if not ours or not theirs:
        return blank
    comparison = compare(ours, theirs, LEVEL)
    blank = replace(blank, comparison=comparison)
    if comparison.t is None or not comparison.t or comparison.n[0] != comparison.n[1]:
        return blank
    paired = comparison.method == "paired t"
    error = abs(comparison.difference / comparison.t)  # of the mean difference
    seeds = comparison.n[0]
    std = error * (seeds if paired else seeds / 2) ** 0.5
    return replace(blank, std=std, detectable=detectable_difference(seeds, std, level=LEVEL, paired=paired))


def _mean(side: Mapping[int, float]) -> float | None:
    return sum(side.values()) / len(side) if side else None
