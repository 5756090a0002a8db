"""Ways to vote, compared over seeds.

Both sides of a comparison are of the same trained networks, or of networks that share their initial weights, so seeds
make pairs; a seed that one side lacks is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from depthlab.questions.grouping import grouped
from depthlab.questions.votes.record import (
    ARITHMETIC,
    CALIBRATION,
    CORRELATION,
    DEPTH,
    DROPOUT,
    ERROR,
    GEOMETRIC,
    LOSS,
    MEAN,
    MEMBERS,
    SNAPSHOTS,
    WHOLE,
    ZEROS,
    Ensemble,
    FeatureContrast,
    VoteContrast,
    VotesRecord,
    VotingRun,
)
from depthlab.records import Comparison
from depthlab.statistics import corrected, paired

MEASURES = (ERROR, LOSS, CALIBRATION)
INDEPENDENT, MORE, TWIN = "independent", "independent less sampled", "snapshots less one training"  # families,
BY_GEOMETRIC = "geometric mean of sampled networks"  # beside the ensemble methods against one pass
ALL_IN_ONE = "all networks are in the one ensemble: no test"
NO_PAIRS = "no seed is on both sides: no test"

Values = Mapping[int, float]  # by seed


def every_contrast(record: VotesRecord) -> list[VoteContrast]:
    """Return every comparison of arithmetic means, by error, loss and calibration."""
    found: list[VoteContrast] = []
    groups, images = by_network(record.measured), record.images
    for network, same in groups.items():
        for method in WHOLE:
            found += _against_whole(same, method, images)
        if size := _largest_size(same, DROPOUT):
            by_geometric = _at_size(same, DROPOUT, size, images, GEOMETRIC)
            found += [replace(one, family=BY_GEOMETRIC) for one in by_geometric]
        found += _snapshots_against_one(same, groups, images)
        for one in record.ensembles:
            if (one.network, one.mean) == (network, ARITHMETIC):
                found += _independent(one, same, images)
    return found


def feature_contrasts(runs: Sequence[VotingRun]) -> tuple[FeatureContrast, ...]:
    """Return what dropout changes in the features, layers averaged, of networks that differ in dropout alone.

    Their p-values are corrected together (Holm).
    """
    groups = by_network(runs)
    found = []
    for network, same in groups.items():
        other = twin(same[0], groups, ("dropout",)) if same[0].settings.get("dropout") else None
        if other is None:
            continue
        for measure in (CORRELATION, ZEROS, MEAN):
            ours, theirs = (
                {run.seed: value for run in side if (value := layer_mean(run, measure)) is not None}
                for side in (same, groups[other])
            )
            if ours and theirs:
                found.append(FeatureContrast(network, other, measure, *_compared(ours, theirs)))
    told = corrected(one.comparison for one in found)
    return tuple(replace(one, comparison=test, p_holm=p) for one, (test, p) in zip(found, told, strict=True))


def by_network(runs: Iterable[VotingRun]) -> dict[str, list[VotingRun]]:
    """Return the runs of each network, its seeds in order."""
    groups = grouped(runs, lambda run: run.network)
    return {name: sorted(same, key=lambda run: run.seed) for name, same in groups.items()}


def layer_mean(run: VotingRun, measure: str) -> float | None:
    """Return a measure of a run's features, the mean over its layers; None where it is known of no layer."""
    values = [value for layer in run.features if (value := layer.value(measure)) is not None]
    return fmean(values) if values else None


def twin(run: VotingRun, groups: Mapping[str, Sequence[VotingRun]], keys: Sequence[str]) -> str | None:
    """Return the network that was trained like a run's but for `keys`, of which it has none; None if there is none.

    Both draw the same initial weights from the same seed.
    """
    aside = {*keys, "seed"}

    def rest(settings: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in settings.items() if key not in aside}

    for network, same in groups.items():
        first = same[0]
        plain = not any(first.settings.get(key) for key in keys if key != "schedule")
        if network != run.network and plain and rest(first.settings) == rest(run.settings):
            return network
    return None


def _against_whole(runs: Sequence[VotingRun], method: str, images: int) -> list[VoteContrast]:
    """Compare ensembles of each size with the one pass that they stand for; one snapshot, the last, is that pass."""
    curves = [curve for run in runs if (curve := run.curve(method)) is not None]
    sizes = sorted({point.members for curve in curves for point in curve.points})
    there = [size for size in sizes if method != SNAPSHOTS or size > 1]
    return [one for size in there for one in _at_size(runs, method, size, images)]


def _at_size(
    runs: Sequence[VotingRun], method: str, size: int, images: int, mean: str = ARITHMETIC
) -> Iterator[VoteContrast]:
    name = f"{size} {MEMBERS[method]}" if method != SNAPSHOTS else f"the last {size} {MEMBERS[method]}"
    for measure in MEASURES:
        if ours := _by_seed(runs, method, size, measure, mean):
            sides = _compared(ours, _whole(runs, measure), images if measure == ERROR else 0)
            yield VoteContrast(method, runs[0].network, name, WHOLE[method], size, measure, *sides)


def _independent(ensemble: Ensemble, runs: Sequence[VotingRun], images: int) -> Iterator[VoteContrast]:
    """Compare ensembles of independent networks with one network, and with those sampled from one.

    Ensembles share networks: their values by seed are the jackknife's pseudo-values, whose spread accounts for that.
    """
    sampled = [(method, size) for method in (DROPOUT, DEPTH) if (size := _largest_size(runs, method))]
    for point in ensemble.points[1:]:
        name = f"{point.members} independent networks"
        for measure in MEASURES:
            others = [(INDEPENDENT, "one network", _whole(runs, measure))]
            others += [
                (MORE, f"{size} {MEMBERS[method]} of one", _by_seed(runs, method, size, measure))
                for method, size in sampled
            ]
            shares = dict(zip(ensemble.seeds, (share.value(measure) for share in point.shares), strict=False))
            for family, b, other in others:
                if shares:
                    sides = _compared(shares, other, images if measure == ERROR else 0)
                else:
                    a, mean = point.score.value(measure), fmean(other.values())
                    sides = a, mean, Comparison(a - mean, (1, len(other)), "none", note=ALL_IN_ONE)
                yield VoteContrast(family, ensemble.network, name, b, point.members, measure, *sides)


def _snapshots_against_one(
    runs: Sequence[VotingRun], groups: Mapping[str, Sequence[VotingRun]], images: int
) -> Iterator[VoteContrast]:
    """Compare all snapshots with a network that was trained as long, by another schedule."""
    size = _largest_size(runs, SNAPSHOTS)
    other = twin(runs[0], groups, ("schedule",)) if size else None
    if other is None:
        return
    for measure in MEASURES:
        ours, theirs = _by_seed(runs, SNAPSHOTS, size, measure), _whole(groups[other], measure)
        sides = _compared(ours, theirs, images if measure == ERROR else 0)
        yield VoteContrast(TWIN, runs[0].network, f"{size} snapshots", other, size, measure, *sides)


def _compared(ours: Values, theirs: Values, images: int = 0) -> tuple[float, float, Comparison]:
    """Return the means over the seeds that both sides have, and the paired comparison."""
    seeds = [seed for seed in ours if seed in theirs]
    if not seeds:
        a, b = fmean(ours.values()), fmean(theirs.values())
        return a, b, Comparison(a - b, (len(ours), len(theirs)), "none", note=NO_PAIRS)
    first, second = [ours[seed] for seed in seeds], [theirs[seed] for seed in seeds]
    return fmean(first), fmean(second), paired(first, second, images=images)


def _largest_size(runs: Sequence[VotingRun], method: str) -> int:
    """Return the size of the largest ensembles that each run has by a method; 0 where none has any."""
    return min((curve.points[-1].members for run in runs if (curve := run.curve(method)) is not None), default=0)


def _by_seed(
    runs: Sequence[VotingRun], method: str, size: int, measure: str, mean: str = ARITHMETIC
) -> dict[int, float]:
    curves = {run.seed: curve for run in runs if (curve := run.curve(method, mean)) is not None}
    return {
        seed: point.mean(measure) for seed, curve in curves.items() for point in curve.points if point.members == size
    }


def _whole(runs: Sequence[VotingRun], measure: str) -> dict[int, float]:
    return {run.seed: run.whole.value(measure) for run in runs}
