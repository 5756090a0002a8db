"""Ways to vote, compared over seeds: every difference with its interval, and the few that claims rest on.

Both sides of a comparison are of the same trained networks, or of networks that share their initial weights, so seeds
make pairs; a seed that one side lacks is left out.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from scipy import stats

from depthlab.questions.grouping import grouped
from depthlab.questions.votes.record import (
    ARITHMETIC,
    CALIBRATION,
    DEPTH,
    DROPOUT,
    ERROR,
    GEOMETRIC,
    LOSS,
    MEMBERS,
    SNAPSHOTS,
    WHOLE,
    Ensemble,
    FeatureContrast,
    LayerFeatures,
    VoteContrast,
    VotesRecord,
    VotingRun,
)
from depthlab.records import Comparison
from depthlab.statistics import ALPHA, equivalence, holm, paired, variance_floor

MEASURES = (ERROR, LOSS, CALIBRATION)
INDEPENDENT, MORE, TWIN = "independent", "independent less sampled", "snapshots less one training"
BY_GEOMETRIC = "geometric mean of sampled networks"
CLAIMED = {  # measures by which each family makes claims, at one size
    **{DROPOUT: MEASURES, DEPTH: MEASURES, BY_GEOMETRIC: (LOSS,)},
    **{SNAPSHOTS: (ERROR,), TWIN: (ERROR,), INDEPENDENT: (ERROR,), MORE: (ERROR,)},
}
ALL_IN_ONE = "all networks are in the one ensemble: no test"
NO_PAIRS = "no seed is on both sides: no test"

CORRELATION, ZEROS, MEAN = "correlation", "zeros", "mean"

Values = Mapping[int, float]  # by seed


def contrasts(record: VotesRecord) -> tuple[VoteContrast, ...]:
    """Return every comparison of arithmetic means, by error, loss and calibration; claims are corrected.

    A family asks one thing of all networks, such as whether ensembles of independent ones gain. It makes its claims at
    one size: the largest, and of independent networks the largest that leaves half of them out, as the jackknife errs
    far towards no claim beyond. Their p-values are Holm's over the family. All other intervals are told, each for
    itself, in the table of comparisons.
    """
    found: list[VoteContrast] = []
    groups = by_network(record.measured)
    for network, same in groups.items():
        for method in WHOLE:
            found += _against_whole(same, method, record.images)
        found += _geometric(same, record.images)
        found += _snapshots_against_one(same, groups, record.images)
        for one in record.ensembles:
            if (one.network, one.mean) == (network, ARITHMETIC):
                found += _independent(one, same, record.images)
    return tuple(_equivalent(_corrected(found), record.margin))


def feature_contrasts(runs: Sequence[VotingRun]) -> tuple[FeatureContrast, ...]:
    """Return what dropout changes in the features, layers averaged, of networks that differ in dropout alone."""
    groups = by_network(runs)
    found = []
    for network, same in groups.items():
        other = twin(same[0], groups, ("dropout",)) if same[0].settings.get("dropout") else None
        for measure in (CORRELATION, ZEROS, MEAN) if other else ():
            ours, theirs = (
                {run.seed: value for run in side if (value := layer_mean(run, measure)) is not None}
                for side in (same, groups[other or ""])
            )
            if ours and theirs:
                found.append(FeatureContrast(network, other or "", measure, *_compared(ours, theirs)))
    return tuple(replace(one, p_holm=p) for one, p in zip(found, holm(one.comparison.p for one in found), strict=True))


def by_network(runs: Iterable[VotingRun]) -> dict[str, list[VotingRun]]:
    """Return the runs of each network, its seeds in order."""
    groups = grouped(runs, lambda run: run.network)
    return {name: sorted(same, key=lambda run: run.seed) for name, same in groups.items()}


def layer_mean(run: VotingRun, measure: str) -> float | None:
    """Return a measure of a run's features, the mean over its layers; None where it is known of no layer."""
    values = [value for layer in run.features if (value := _feature(layer, measure)) is not None]
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


def claim_size(family: str, same: Sequence[VoteContrast]) -> int:
    """Return the number of members at which a family makes claims of a network."""
    sizes = [one.members for one in same]
    if family in (INDEPENDENT, MORE):
        networks = same[0].comparison.n[1]
        return max((size for size in sizes if 2 * size <= networks + 1), default=min(sizes))
    return max(sizes)


def least_half_width(one: VoteContrast, images: int, level: float) -> float:
    """Return the half-width, in points, of the narrowest interval by which a test of equivalence could decide.

    Seeds that agree to the image still leave it, as a variance is at least `variance_floor`.
    """
    n = min(one.comparison.n)
    floor = sum(variance_floor([mean], images) for mean in (one.mean_a, one.mean_b))
    return float(stats.t.isf((1 - level) / 2, n - 1)) * math.sqrt(floor / n)


def _against_whole(runs: Sequence[VotingRun], method: str, images: int) -> list[VoteContrast]:
    """Compare ensembles of each size with the one pass that they stand for."""
    curves = [curve for run in runs if (curve := run.curve(method)) is not None]
    sizes = sorted({point.members for curve in curves for point in curve.points})
    # one snapshot, the last, is the whole network
    there = [size for size in sizes if method != SNAPSHOTS or size > 1]
    return [one for size in there for one in _at_size(runs, method, size, images)]


def _geometric(runs: Sequence[VotingRun], images: int) -> list[VoteContrast]:
    """Compare the largest ensemble by geometric means with weight scaling, which is nearer to it in theory."""
    size = largest_size(runs, DROPOUT)
    found = _at_size(runs, DROPOUT, size, images, GEOMETRIC) if size else []
    return [replace(one, family=BY_GEOMETRIC) for one in found]


def _at_size(
    runs: Sequence[VotingRun], method: str, size: int, images: int, mean: str = ARITHMETIC
) -> list[VoteContrast]:
    name = f"{size} {MEMBERS[method]}" if method != SNAPSHOTS else f"the last {size} {MEMBERS[method]}"
    found = []
    for measure in MEASURES:
        ours = _by_seed(runs, method, size, measure, mean)
        if ours:
            sides = _compared(ours, _whole(runs, measure), images if measure == ERROR else 0)
            found.append(VoteContrast(method, runs[0].network, name, WHOLE[method], size, measure, *sides))
    return found


def _independent(ensemble: Ensemble, runs: Sequence[VotingRun], images: int) -> Iterator[VoteContrast]:
    """Compare ensembles of independent networks with one network, and with those sampled from one.

    Ensembles share networks: their values by seed are the jackknife's pseudo-values, whose spread accounts for that.
    """
    for point in ensemble.points[1:]:
        for measure in MEASURES:
            shares = {seed: share.value(measure) for seed, share in zip(ensemble.seeds, point.shares, strict=False)}
            sides = [(INDEPENDENT, "one network", _whole(runs, measure))]
            for method in (DROPOUT, DEPTH):
                if size := largest_size(runs, method):
                    name = f"{size} {MEMBERS[method]} of one"
                    sides.append((MORE, name, _by_seed(runs, method, size, measure)))
            for family, b, other in sides:
                score, mean = point.score.value(measure), fmean(other.values())
                found = score, mean, Comparison(score - mean, (1, len(other)), "none", note=ALL_IN_ONE)
                if shares:
                    found = _compared(shares, other, images if measure == ERROR else 0)
                a = f"{point.members} independent networks"
                yield VoteContrast(family, ensemble.network, a, b, point.members, measure, *found)


def _snapshots_against_one(
    runs: Sequence[VotingRun], groups: Mapping[str, Sequence[VotingRun]], images: int
) -> list[VoteContrast]:
    """Compare all snapshots with a network that was trained as long, by another schedule."""
    size = largest_size(runs, SNAPSHOTS)
    other = twin(runs[0], groups, ("schedule",)) if size else None
    found = []
    for measure in MEASURES if other else ():
        ours, theirs = _by_seed(runs, SNAPSHOTS, size, measure), _whole(groups[other or ""], measure)
        sides = _compared(ours, theirs, images if measure == ERROR else 0)
        found.append(VoteContrast(TWIN, runs[0].network, f"{size} snapshots", other or "", size, measure, *sides))
    return found


def _compared(ours: Values, theirs: Values, images: int = 0) -> tuple[float, float, Comparison]:
    """Return the means over the seeds that both sides have, and the paired comparison."""
    seeds = [seed for seed in ours if seed in theirs]
    if not seeds:
        means = fmean(ours.values()), fmean(theirs.values())
        return *means, Comparison(means[0] - means[1], (len(ours), len(theirs)), "none", note=NO_PAIRS)
    a, b = [ours[seed] for seed in seeds], [theirs[seed] for seed in seeds]
    return fmean(a), fmean(b), paired(a, b, images=images)


def _corrected(found: Sequence[VoteContrast]) -> list[VoteContrast]:
    """Return the comparisons, those that claims rest on with p-values by Holm over their family."""
    places: dict[str, list[int]] = {}
    for (family, _, _), same in grouped(enumerate(found), lambda one: _key(one[1])).items():
        size = claim_size(family, [one for _, one in same])
        claims = [place for place, one in same if one.members == size and one.measure in CLAIMED[family]]
        places.setdefault(family, []).extend(claims)
    p_values = {
        place: p
        for family in places.values()
        for place, p in zip(family, holm(found[place].comparison.p for place in family), strict=True)
    }
    return [replace(one, p_holm=p_values.get(place)) for place, one in enumerate(found)]


def _equivalent(found: Sequence[VoteContrast], margin: float) -> list[VoteContrast]:
    """Return the comparisons, those of sampled networks in error with their tests of equivalence.

    The largest ensemble is tested first, then smaller ones, down to the first that isn't shown to be equivalent: in
    that order, fixed in advance, each is tested at the full level (Maurer et al. 1995). With several networks of one
    method the level is divided by their number (Bonferroni).
    """
    tested = [one for one in found if one.measure == ERROR and one.family in (DROPOUT, DEPTH)]
    judged: dict[tuple[str, str, int], VoteContrast] = {}
    for _, networks in grouped(tested, lambda one: one.family).items():
        groups = grouped(networks, lambda one: one.network)
        for same in groups.values():
            equivalent = True
            for one in sorted(same, key=lambda one: -one.members):
                test = equivalence(one.comparison, margin, ALPHA / len(groups))
                equivalent = equivalent and test.p is not None and test.p < ALPHA / len(groups)
                judged[one.family, one.network, one.members] = replace(one, equivalence=test, equivalent=equivalent)
    return [judged.get((one.family, one.network, one.members), one) if one.measure == ERROR else one for one in found]


def _key(one: VoteContrast) -> tuple[str, str, str]:
    return one.family, one.network, one.b


def largest_size(runs: Sequence[VotingRun], method: str) -> int:
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


def _feature(layer: LayerFeatures, measure: str) -> float | None:
    return {CORRELATION: layer.correlation, ZEROS: layer.zeros, MEAN: layer.mean}[measure]
