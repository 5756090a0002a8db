"""Ways to vote, compared: over seeds where there are several, else over draws of the one trained network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from depthlab.questions.grouping import grouped
from depthlab.questions.votes.record import (
    DEPTH,
    DROPOUT,
    SNAPSHOTS,
    Ensemble,
    FeatureContrast,
    LayerFeatures,
    VoteContrast,
    VoteCurve,
    VoteScore,
    VotingRun,
)
from depthlab.records import Comparison
from depthlab.statistics import compare

ARITHMETIC, GEOMETRIC = "arithmetic", "geometric"
ERROR, LOSS, CALIBRATION = "error", "loss", "calibration"
MEASURES: dict[str, Callable[[VoteScore], float]] = {
    ERROR: lambda score: score.error,
    LOSS: lambda score: score.loss,
    CALIBRATION: lambda score: score.calibration,
}
WHOLE = {DROPOUT: "weight scaling", DEPTH: "the whole network", SNAPSHOTS: "the last snapshot"}
MEMBERS = {DROPOUT: "sampled networks", DEPTH: "sampled sub-networks", SNAPSHOTS: "snapshots"}
INDEPENDENT, MORE, TWIN = "independent", "independent less sampled", "snapshots less one training"
BY_GEOMETRIC = "geometric mean of sampled networks"
OVER_SEEDS, OVER_DRAWS = "seeds", "ensembles"
ALL_IN_ONE = "all networks are in the one ensemble: a point, no claim"

CORRELATION, ZEROS, MEAN = "correlation", "zeros", "mean"
FEATURES: dict[str, Callable[[LayerFeatures], float | None]] = {
    CORRELATION: lambda layer: layer.correlation,
    ZEROS: lambda layer: layer.zeros,
    MEAN: lambda layer: layer.mean,
}

Values = Mapping[int, float]  # by seed, or by ensemble


def by_network(runs: Iterable[VotingRun]) -> dict[str, list[VotingRun]]:
    """Return the runs of each network, its seeds in order."""
    groups = grouped(runs, lambda run: run.network)
    return {name: sorted(same, key=lambda run: run.seed) for name, same in groups.items()}


def curve_of(run: VotingRun, method: str, mean: str = ARITHMETIC) -> VoteCurve | None:
    """Return the run's curve of a method, None if it has none."""
    return next((one for one in run.curves if (one.method, one.mean) == (method, mean)), None)


def contrasts(runs: Sequence[VotingRun], ensembles: Sequence[Ensemble]) -> tuple[VoteContrast, ...]:
    """Return every comparison, by error, loss and calibration, of arithmetic means."""
    found: list[VoteContrast] = []
    groups = by_network(runs)
    for network, same in groups.items():
        for method in WHOLE:
            found += _against_whole(network, same, method)
        found += _geometric(network, same)
        found += _snapshots_against_one(network, same, groups)
    for one in ensembles:
        if one.mean == ARITHMETIC:
            found += _independent(one, groups[one.network])
    return tuple(found)


def feature_contrasts(runs: Sequence[VotingRun]) -> tuple[FeatureContrast, ...]:
    """Return what dropout changes in the features, layers averaged, of networks that differ in dropout alone."""
    groups = by_network(runs)
    found = []
    for network, same in groups.items():
        other = twin(same[0], groups, ("dropout",)) if same[0].settings.get("dropout") else None
        if other is None:
            continue
        for measure in FEATURES:
            ours, theirs = (
                {run.seed: value for run in side if (value := layer_mean(run, measure)) is not None}
                for side in (same, groups[other])
            )
            if ours and theirs:
                found.append(
                    FeatureContrast(network, other, measure, _mean(ours), _mean(theirs), compare(ours, theirs))
                )
    return tuple(found)


def layer_mean(run: VotingRun, measure: str) -> float | None:
    """Return a measure of a run's features, the mean over its layers; None where it is known of no layer."""
    values = [value for layer in run.features if (value := FEATURES[measure](layer)) is not None]
    return fmean(values) if values else None


def twin(run: VotingRun, groups: Mapping[str, Sequence[VotingRun]], keys: Sequence[str]) -> str | None:
    """Return the network that was trained like a run's but for `keys`, of which it has none; None if there is none."""
    aside = {*keys, "seed"}

    def rest(settings: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in settings.items() if key not in aside}

    for network, same in groups.items():
        first = same[0]
        plain = not any(first.settings.get(key) for key in keys if key != "schedule")
        if network != run.network and plain and rest(first.settings) == rest(run.settings):
            return network
    return None


def _against_whole(network: str, runs: Sequence[VotingRun], method: str) -> list[VoteContrast]:
    """Compare ensembles of each size with the one pass that they stand for."""
    curves = {run.seed: curve for run in runs if (curve := curve_of(run, method)) is not None}
    sizes = sorted({point.members for curve in curves.values() for point in curve.points})
    # one snapshot, the last, is the whole network
    there = [size for size in sizes if method != SNAPSHOTS or size > 1]
    return [one for size in there for one in _at_size(network, runs, curves, size, method, method)]


def _geometric(network: str, runs: Sequence[VotingRun]) -> list[VoteContrast]:
    """Compare the largest ensemble by geometric means with weight scaling, which is nearer to it in theory."""
    curves = {run.seed: curve for run in runs if (curve := curve_of(run, DROPOUT, GEOMETRIC)) is not None}
    if not curves:
        return []
    most = min(curve.members for curve in curves.values())
    return _at_size(network, runs, curves, most, DROPOUT, BY_GEOMETRIC)


def _at_size(
    network: str, runs: Sequence[VotingRun], curves: Mapping[int, VoteCurve], size: int, method: str, family: str
) -> list[VoteContrast]:
    found = []
    for measure, value in MEASURES.items():
        ours = {seed: scores for seed, curve in curves.items() if (scores := _scores(curve, size, value))}
        over, a, b = _sides(ours, {run.seed: value(run.whole) for run in runs if run.seed in ours})
        name = f"{size} {MEMBERS[method]}" if method != SNAPSHOTS else f"the last {size} {MEMBERS[method]}"
        sides = name, WHOLE[method]
        found.append(VoteContrast(*(family, network, *sides, size, measure, over, _mean(a), _mean(b), compare(a, b))))
    return found


def _sides(ours: Mapping[int, Sequence[float]], whole: Values) -> tuple[str, Values, Values]:
    """Return both sides by seed; of one seed, by ensemble."""
    if len(ours) > 1:
        return OVER_SEEDS, {seed: fmean(scores) for seed, scores in ours.items()}, whole
    ((seed, scores),) = ours.items()
    return OVER_DRAWS, dict(enumerate(scores)), dict.fromkeys(range(len(scores)), whole[seed])


def _independent(ensemble: Ensemble, runs: Sequence[VotingRun]) -> list[VoteContrast]:
    """Compare ensembles of independent networks with one network, and with those sampled from one."""
    found = []
    for point in ensemble.points[1:]:
        for measure, value in MEASURES.items():
            one = {run.seed: value(run.whole) for run in runs if run.seed in ensemble.seeds}
            shares = {seed: value(share) for seed, share in zip(ensemble.seeds, point.shares, strict=False)}
            name = f"{point.members} independent networks"
            sides = [(INDEPENDENT, "one network", one)]
            for method in (DROPOUT, DEPTH):
                most, sampled = _largest(runs, method, value)
                if sampled:
                    sides.append((MORE, f"{most} {MEMBERS[method]} of one", sampled))
            for family, b, other in sides:
                difference = value(point.score) - _mean(other)
                comparison = compare(shares, other) if shares else _point(difference, len(other))
                means = value(point.score), _mean(other)
                found.append(
                    VoteContrast(
                        *(family, ensemble.network, name, b, point.members, measure, OVER_SEEDS, *means, comparison)
                    )
                )
    return found


def _snapshots_against_one(
    network: str, runs: Sequence[VotingRun], groups: Mapping[str, Sequence[VotingRun]]
) -> list[VoteContrast]:
    """Compare all snapshots with a network that was trained as long, by another schedule."""
    other = twin(runs[0], groups, ("schedule",)) if curve_of(runs[0], SNAPSHOTS) is not None else None
    if other is None:
        return []
    found = []
    for measure, value in MEASURES.items():
        most, ours = _largest(runs, SNAPSHOTS, value)
        theirs = {run.seed: value(run.whole) for run in groups[other]}
        found.append(
            VoteContrast(
                *(TWIN, network, f"{most} snapshots", other, most, measure, OVER_SEEDS),
                *(_mean(ours), _mean(theirs), compare(ours, theirs)),
            )
        )
    return found


def _largest(
    runs: Sequence[VotingRun], method: str, value: Callable[[VoteScore], float]
) -> tuple[int, dict[int, float]]:
    """Return the size of the largest ensemble that each run has by a method, and its measure by seed."""
    curves = {run.seed: curve for run in runs if (curve := curve_of(run, method)) is not None}
    if not curves:
        return 0, {}
    most = min(curve.members for curve in curves.values())
    found = {seed: fmean(scores) for seed, curve in curves.items() if (scores := _scores(curve, most, value))}
    return most, found


def _scores(curve: VoteCurve, size: int, value: Callable[[VoteScore], float]) -> list[float]:
    return [value(score) for point in curve.points if point.members == size for score in point.scores]


def _point(difference: float, seeds: int) -> Comparison:
    return Comparison(difference, (1, seeds), "none", note=ALL_IN_ONE)


def _mean(values: Values) -> float:
    return fmean(values.values())
