"""Networks trained on their effective paths alone: how many units that takes, and what it does to the test error."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from depthlab.questions.compared import TEST, compare_sides, correct
from depthlab.questions.paths.comparisons import by_network
from depthlab.questions.paths.record import EffectiveTraining, PathRun
from depthlab.records import Compared

FAMILY = "trained on effective paths"


def choose_counts(runs: Sequence[PathRun]) -> tuple[dict[str, int], str]:
    """Return how many units of each network to train on, and what is to be said of networks that don't allow it."""
    counts, whole = {}, []
    for network, same in by_network(runs).items():
        known = [run for run in same if run.active_units == 0 and run.units > 1 and run.effective is not None]
        if not known or known[0].effective is None or known[0].effective.by != "branches":
            continue
        lengths = known[0].lengths
        assert lengths is not None
        always = next(length for length, count in enumerate(lengths.branches) if count)  # units without a skip
        centers = [run.effective.mean for run in known if run.effective is not None]
        count = active_for(sum(centers) / len(centers) - always, known[0].units)
        if count == known[0].units:
            whole.append(network)
        else:
            counts[network] = count
    if whole:
        return counts, f"{' and '.join(whole)}: effective paths are as long as all, so no unit is left out in training."
    return counts, "" if counts else "No network here has units with a skip, of which some could be left out."


def active_for(center: float, units: int) -> int:
    """Return how many units to train on in each batch, so that paths have the mean length of the effective ones.

    Of k active units a path takes half of the branches in the mean: k = 2 center, at least 1 and at most all. (Veit et
    al. 2016 take 23 of 54 for effective lengths 5 to 17, whose middle is 11.)
    """
    return max(1, min(units, round(2 * center)))


def compare_all(
    runs: Sequence[PathRun], trained: Sequence[PathRun], counts: Mapping[str, int]
) -> tuple[EffectiveTraining, ...]:
    """Compare each network of `counts`, where both sides have runs; p-values by Holm over them."""
    found = []
    for network, count in counts.items():
        alone = [run for run in trained if run.network == f"{network} active_units={count}"]
        one = compare_training(runs, alone, network)
        if one is not None:
            found.append(one)
    corrected = correct([one.compared for one in found])
    return tuple(replace(one, compared=compared) for one, compared in zip(found, corrected, strict=True))


def compare_training(runs: Sequence[PathRun], trained: Sequence[PathRun], network: str) -> EffectiveTraining | None:
    """Compare the test error of a network trained on some units in each batch with that of the same one trained whole.

    Args:
        runs: Those trained whole, with their effective lengths.
        trained: Those of the same network trained on so many units; other networks are left aside.
        network: Of `runs`.

    Returns:
        None where a side has no run, or no lengths are known.
    """
    whole = [run for run in runs if run.network == network and run.active_units == 0]
    centers = [run.effective.mean for run in whole if run.effective is not None]
    if not whole or not trained or not centers:
        return None
    errors, wholes = ({run.seed: run.test_error for run in side} for side in (trained, whole))
    pair = Compared(FAMILY, TEST, trained[0].series, trained[0].network, network, None, None)
    return EffectiveTraining(
        network=network,
        units=whole[0].units,
        active_units=trained[0].active_units,
        center=sum(centers) / len(centers),
        errors={str(seed): error for seed, error in errors.items()},
        whole={str(seed): error for seed, error in wholes.items()},
        compared=compare_sides(pair, errors, wholes),
    )
