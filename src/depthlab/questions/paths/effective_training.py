"""Networks trained on their effective paths alone: how many units that takes, and what it does to the test error."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from depthlab.questions.compared import TEST, compare_sides, compare_twins, correct, twins
from depthlab.questions.grouping import grouped
from depthlab.questions.paths.record import EffectiveTraining, PathRun
from depthlab.questions.wording import together
from depthlab.records import Compared

FAMILY = "trained on effective paths"


def choose_counts(runs: Sequence[PathRun]) -> tuple[dict[str, int], str]:
    """Return how many units of each network to train on, and what is to be said of networks that don't allow it."""
    counts, whole = {}, []
    for network, same in grouped(runs, lambda run: run.network).items():
        known = [run for run in same if run.active_units == 0 and run.units > 1 and run.effective is not None]
        if not known or known[0].effective is None or known[0].effective.by != "branches":
            continue
        lengths = known[0].lengths
        assert lengths is not None
        always = next(length for length, count in enumerate(lengths.branches) if count)  # units without a skip
        count = active_for(_center(known) - always, known[0].units)
        if count == known[0].units:
            whole.append(network)
        else:
            counts[network] = count
    if whole:
        return counts, f"{together(whole)}: effective paths are as long as all, so no unit is left out in training."
    return counts, "" if counts else "No network here has units with a skip, of which some could be left out."


def active_for(center: float, units: int) -> int:
    """Return how many units to train on in each batch, so that paths have the mean length of the effective ones.

    Of k active units a path takes half of the branches in the mean: k = 2 center, at least 1 and at most all. (Veit et
    al. 2016 take 23 of 54 for effective lengths 5 to 17, whose middle is 11.)
    """
    return max(1, min(units, round(2 * center)))


def pair_runs(
    runs: Sequence[PathRun], trained: Sequence[PathRun], counts: Mapping[str, int]
) -> tuple[EffectiveTraining, ...]:
    """Return the test errors of each network of `counts`, trained on some units and whole; to be compared.

    Networks of which a side has no run, or whose effective lengths are not known, are left out.

    Args:
        runs: Those trained whole, with their effective lengths.
        trained: Those trained on some units in each batch.
        counts: How many, by network.
    """
    found = []
    for network, count in counts.items():
        whole = [run for run in runs if run.network == network and run.active_units == 0]
        alone = [run for run in trained if run.network == f"{network} active_units={count}"]
        if alone and any(run.effective is not None for run in whole):
            found.append(
                EffectiveTraining(
                    network=network,
                    units=whole[0].units,
                    active_units=count,
                    center=_center(whole),
                    errors={str(run.seed): run.test_error for run in alone},
                    whole={str(run.seed): run.test_error for run in whole},
                    compared=Compared(FAMILY, TEST, alone[0].series, alone[0].network, network, None, None),
                    twins=twins(_begun(alone), _begun(whole)),
                )
            )
    return tuple(found)


def compare_training(training: Sequence[EffectiveTraining], images: int) -> tuple[EffectiveTraining, ...]:
    """Compare errors on so many test images, trained on some units less trained whole; by Holm over all networks.

    Runs of one seed are a pair where they began with the same weights.
    """
    compared = correct(
        [
            (compare_twins if one.twins else compare_sides)(
                one.compared, _by_seed(one.errors), _by_seed(one.whole), images
            )
            for one in training
        ]
    )
    return tuple(replace(one, compared=pair) for one, pair in zip(training, compared, strict=True))


def _begun(runs: Sequence[PathRun]) -> dict[int, str]:
    return {run.seed: run.initial_weights for run in runs}


def _by_seed(errors: Mapping[str, float]) -> dict[int, float]:
    return {int(seed): error for seed, error in errors.items()}


def _center(runs: Sequence[PathRun]) -> float:
    """Return the mean of the effective lengths of the runs that have them."""
    centers = [run.effective.mean for run in runs if run.effective is not None]
    return sum(centers) / len(centers)
