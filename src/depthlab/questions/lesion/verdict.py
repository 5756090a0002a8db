"""What lesions say of networks: how much a deleted unit costs, tested over seeds and told in sentences.

A network's runs are its replications: each counts once, with its median over units, as units of one network are no
independent networks.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from depthlab.questions.compared import compare_sides, compare_twins, correct, twins
from depthlab.questions.decisive import Decisive, of_compared
from depthlab.questions.grouping import grouped
from depthlab.questions.lesion.record import LesionedRun, LesionRecord
from depthlab.questions.wording import (
    counted,
    interval_text,
    lost_runs,
    lost_sentence,
    points,
    seeds_text,
    unmeasured_sentences,
)
from depthlab.records import Compared
from depthlab.statistics import is_significant, t_interval, variance_floor

COST = "one deletion"
FAMILY = "rise of the error after one deletion"
MEASURE = "median over units"

Outcome = Literal["less", "more", "open", "untested"]


def judge(record: LesionRecord) -> LesionRecord:
    """Return the record with its comparisons, its headline and its verdict, computed from what was measured."""
    networks = grouped(record.measured, lambda run: run.network)
    rises, compared = find_rises(networks), compare_rises(record.about.axes, networks)
    if record.weights:  # a file has no more seeds
        rises = [replace(one, enough="") for one in rises]
    headline = _headline(rises, compared)
    sentences = [_tell_network(one, networks[one.b]) for one in rises]
    sentences += [_tell_comparison(one) for one in compared]
    sentences += [f"{name} has nothing that can be deleted." for name, runs in networks.items() if not _rises(runs)]
    sentences += [*lost_sentence(lost_runs(record.about.runs)), *unmeasured_sentences(record.unmeasured)]
    return replace(
        record,
        rises=tuple(rises),
        compared=tuple(compared),
        headline=headline,
        about=replace(record.about, verdict=(headline, *sentences)),
    )


def decisive(record: LesionRecord) -> list[Decisive]:
    """Return what the verdict rests on: how networks differ in what they lose, or what a single network loses."""
    return of_compared(record.compared or record.rises)


def rise(run: LesionedRun) -> float | None:
    """Return by how many points deleting one site raises the error, the median over sites."""
    if not run.lesions.singles:
        return None
    return statistics.median(run.lesions.singles) - run.lesions.error


def halfway(run: LesionedRun) -> float | None:
    """Return how many deletions bring the error half of the way to chance, interpolated between numbers of deletions.

    By the median over the draws of each number. None if the draws never do, if there are none, or if the whole network
    is no better than that.
    """
    whole, chance = run.lesions.draw_error, 100 * (1 - 1 / run.classes)
    if whole > chance / 2:
        return None
    half, before, low = (whole + chance) / 2, 0, whole
    for count, draws in sorted(grouped(run.lesions.deletions, lambda one: one.count).items()):
        error = statistics.median(one.error for one in draws)
        if error >= half:
            return before + (count - before) * (half - low) / (error - low)
        before, low = count, error
    return None


def find_rises(networks: Mapping[str, Sequence[LesionedRun]]) -> list[Compared]:
    """Compare each network without a site with itself, whole, over its seeds; p-values by Holm over the networks."""
    found = []
    for name, runs in networks.items():
        values = _rises(runs)
        whole = {run.seed: run.lesions.error for run in runs if run.seed in values}
        lesioned = {seed: whole[seed] + value for seed, value in values.items()}
        blank = Compared(COST, MEASURE, runs[0].series, f"{name} without one", name, None, None)
        if values:
            found.append(compare_twins(blank, lesioned, whole, runs[0].lesions.single_images))
    return correct(found)


def compare_rises(axes: Sequence[str], networks: Mapping[str, Sequence[LesionedRun]]) -> list[Compared]:
    """Compare all pairs of networks that differ in one axis, the seed aside, by the rise after one deletion (Holm).

    Runs of one model that began with the same weights are pairs; all others are independent (Welch).
    """
    names = [name for name in networks if _rises(networks[name])]
    pairs = [(a, b) for i, b in enumerate(names) for a in names[i + 1 :] if _apart(axes, networks[a], networks[b]) == 1]
    return correct([_compare(networks[a], networks[b]) for a, b in pairs])


def outcome_of(one: Compared) -> Outcome:
    """Return whether the first network loses less than the second, or more."""
    assert one.comparison is not None
    if one.p_holm is None:
        return "untested"
    if not is_significant(one.p_holm):
        return "open"
    return "less" if one.comparison.difference < 0 else "more"


def _rises(runs: Sequence[LesionedRun]) -> dict[int, float]:
    return {run.seed: value for run in runs if (value := rise(run)) is not None}


def _apart(axes: Sequence[str], a: Sequence[LesionedRun], b: Sequence[LesionedRun]) -> int:
    ours, theirs = a[0].settings, b[0].settings
    return sum(ours.get(axis) != theirs.get(axis) for axis in axes if axis != "seed")


def _compare(a: Sequence[LesionedRun], b: Sequence[LesionedRun]) -> Compared:
    blank = Compared(FAMILY, MEASURE, a[0].series, a[0].network, b[0].network, None, None)
    begun = [{run.seed: run.initial_weights for run in side} for side in (a, b)]
    paired = a[0].settings.get("model") == b[0].settings.get("model") and twins(*begun)
    floors = (_floor(a), _floor(b))
    return (compare_twins if paired else compare_sides)(blank, _rises(a), _rises(b), floors=floors)


def _floor(runs: Sequence[LesionedRun]) -> float:
    """Return the least variance of a rise: those of the errors with and without a unit."""
    lesioned = [run.lesions.error + value for run in runs if (value := rise(run)) is not None]
    images = runs[0].lesions.single_images
    return variance_floor(lesioned, images) + variance_floor([run.lesions.error for run in runs], images)


def _headline(rises: Sequence[Compared], compared: Sequence[Compared]) -> str:
    clear = [one for one in compared if outcome_of(one) in ("less", "more")]
    ordered = [(one.a, one.b) if outcome_of(one) == "less" else (one.b, one.a) for one in clear]
    told = [f"deleting a unit hurts {robust} less than {other}" for robust, other in ordered]
    for outcome, text in (("open", "no difference shown between"), ("untested", "no test of")):
        others = [f"{one.a} and {one.b}" for one in compared if outcome_of(one) == outcome]
        if others:
            told.append(f"{text} {', '.join(others[:3])}{' and others' if len(others) > 3 else ''}")
    alone = [f"deleting one unit {_change(one, f'test error of {one.b}')} (median{_single(one)})" for one in rises]
    text = "; ".join(told or alone) or "there is nothing to delete"
    return f"{text[:1].upper()}{text[1:]}."


def _single(one: Compared) -> str:
    return ", one seed" if one.comparison is not None and min(one.comparison.n) == 1 else ""


def _tell_network(one: Compared, runs: Sequence[LesionedRun]) -> str:
    """Say what a network loses by one deletion, over its units and its runs, and by how many it is half lost."""
    found, sites = one.comparison, counted(len(runs[0].lesions.sites), "site")
    assert found is not None and one.mean_a is not None and one.mean_b is not None
    units = [error for run in runs for error in run.lesions.singles]
    low, _, high = statistics.quantiles(units, n=4, method="inclusive") if len(units) > 1 else units * 3
    text = (
        f"{one.b}: deleting one of its {sites} {_change(one, 'test error')} "
        f"({interval_text(found.interval, counted(found.n[0], 'seed'))}), from {points(one.mean_b)} to "
        f"{points(one.mean_a)} % (median over sites); half of all errors lie between {points(low)} and "
        f"{points(high)} %.{_tell_halfway(runs)}"
    )
    return text if is_significant(one.p_holm) else f"{text} {one.enough}".rstrip()


def _tell_halfway(runs: Sequence[LesionedRun]) -> str:
    if not any(run.lesions.deletions for run in runs):
        return ""
    counts = [count for run in runs if (count := halfway(run)) is not None]
    if not counts:
        return " No number of deletions is seen to take it halfway to chance."
    seeds = counted(len(runs), "seed") if len(counts) == len(runs) else f"{len(counts)} of {len(runs)} seeds"
    interval = interval_text(t_interval(counts) if len(counts) > 1 else None, seeds)
    mean = points(statistics.fmean(counts))
    return f" By interpolation, {mean} random deletions take it halfway to chance ({interval})."


def _tell_comparison(one: Compared) -> str:
    found, outcome = one.comparison, outcome_of(one)
    assert found is not None and one.mean_a is not None and one.mean_b is not None
    both = (
        f"Deleting one unit {_changes(one.mean_a, f'error of {one.a}')} and {_changes(one.mean_b, f'that of {one.b}')}"
    )
    if outcome == "untested":
        return f"{both}: {found.note}. {one.enough}"
    seeds = interval_text(found.interval, seeds_text(found.n))
    interval = f"difference {points(found.difference)}, {seeds}, p = {one.p_holm:.2g} by Holm"
    if outcome == "open":
        return f"{both} ({interval}): no difference shown. {one.enough}"
    return f"{both} ({interval}): {outcome} in {one.a}."


def _change(one: Compared, what: str) -> str:
    """Write what deleting a unit of a network does, as far as it is shown: `raises the test error by 5.0 points`."""
    assert one.comparison is not None
    value = one.comparison.difference
    if one.p_holm is not None and not is_significant(one.p_holm):
        return f"changes the {what} by {points(value)} points, not shown to differ from 0"
    return _changes(value, what)


def _changes(value: float, what: str) -> str:
    what = what if what.startswith("that") else f"the {what}"
    if points(value) == points(0):
        return f"does not change {what}"
    return f"{'raises' if value > 0 else 'lowers'} {what} by {points(abs(value))} points"
