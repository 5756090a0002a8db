"""Networks, compared pair by pair over their seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from depthlab.questions.planning import WANTED, enough_text
from depthlab.records import Compared, MeasuredRun, RunRef
from depthlab.statistics import corrected, paired, welch

TRAINING, TEST = "training error", "test error"

VALUES: dict[str, Callable[[MeasuredRun], float]] = {
    TRAINING: lambda run: run.train_error,
    TEST: lambda run: run.test_error,
}
SPLITS = {TRAINING: "training", TEST: "test"}


def compare_networks(
    family: str,
    measure: str,
    networks: Sequence[tuple[RunRef, RunRef]],
    runs: Sequence[MeasuredRun],
    images: Mapping[str, int] | None = None,
) -> list[Compared]:
    """Compare pairs of networks by one error, and correct the p-values of all pairs together (Holm).

    Args:
        family: Under which the comparisons are told; each family is corrected for itself.
        measure: `TRAINING` or `TEST`.
        networks: Pairs of runs, each of which stands for its network: `group` and `series` are looked at.
        runs: What the finished ones found.
        images: Split -> how many images its errors are shares of, which bounds the spread from below.
    """
    blanks = [Compared(family, measure, a.series, a.group, b.group, None, None) for a, b in networks]
    values = {
        name: {run.seed: VALUES[measure](run) for run in runs if run.network == name}
        for one in blanks
        for name in (one.a, one.b)
    }
    count = (images or {}).get(SPLITS[measure], 0)
    return correct([compare_sides(one, values[one.a], values[one.b], count) for one in blanks])


def compare_sides(
    blank: Compared,
    ours: Mapping[int, float],
    theirs: Mapping[int, float],
    images: int = 0,
    *,
    floors: tuple[float, float] | None = None,
) -> Compared:
    """Fill in the means and the comparison, Welch's: equal seeds make networks of different depths no pairs.

    `correct` has to follow.

    Args:
        blank: Names what is compared.
        ours: Seed -> value of the first side.
        theirs: Likewise of the second.
        images: How many images the values are shares of, in percent; 0 where they are not such shares.
        floors: The least variances of the two sides, in place of those by `images`.
    """
    blank = replace(blank, mean_a=_mean(ours), mean_b=_mean(theirs))
    if not ours or not theirs:
        return blank
    return replace(blank, comparison=welch(ours.values(), theirs.values(), images=images, floors=floors))


def compare_twins(
    blank: Compared,
    ours: Mapping[int, float],
    theirs: Mapping[int, float],
    images: int = 0,
    *,
    floors: tuple[float, float] | None = None,
) -> Compared:
    """Fill in the same for runs that began with the same weights, in pairs: the paired t test over the seeds of both.

    A seed that one side lacks is left out, so that a lost run does not change the test.
    """
    seeds = [seed for seed in ours if seed in theirs]
    if not seeds:
        return blank
    a, b = {seed: ours[seed] for seed in seeds}, {seed: theirs[seed] for seed in seeds}
    compared = paired(a.values(), b.values(), images=images, floors=floors)
    return replace(blank, mean_a=_mean(a), mean_b=_mean(b), comparison=compared)


def twins(ours: Mapping[int, str], theirs: Mapping[int, str]) -> bool:
    """Return whether two sides began with the same weights in each seed that both have: digests by seed."""
    shared = [seed for seed in ours if seed in theirs]
    return bool(shared) and all(ours[seed] and ours[seed] == theirs[seed] for seed in shared)


def correct(family: Sequence[Compared], wanted: float = WANTED, unit: str = "points") -> list[Compared]:
    """Return the comparisons corrected over all of them together (Holm), p and interval, and how far the seeds tell.

    `wanted` is the half-width, in `unit`, that people ask for.
    """
    return [
        replace(one, comparison=told, p_holm=p, enough="" if told is None else enough_text(told, wanted, unit))
        for one, (told, p) in zip(family, corrected(one.comparison for one in family), strict=True)
    ]


def _mean(side: Mapping[int, float]) -> float | None:
    return sum(side.values()) / len(side) if side else None
