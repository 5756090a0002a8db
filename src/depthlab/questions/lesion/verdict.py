"""What lesions say of networks: how much a deleted unit costs, computed over units and seeds and told in sentences."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from depthlab.questions.compared import compare_sides, correct
from depthlab.questions.grouping import grouped
from depthlab.questions.lesion.record import LesionedRun, LesionRecord
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence, points, seeds_text
from depthlab.records import Compared
from depthlab.statistics import is_significant, summarize

FAMILY = "rise of the error after one deletion"
MEASURE = "median over units"

Outcome = Literal["less", "more", "open", "point"]


def judge(record: LesionRecord) -> LesionRecord:
    """Return the record with its comparisons, its headline and its verdict, computed from what was measured."""
    networks = by_network(record.measured)
    compared = compare_rises(record.about.axes, networks)
    headline = _headline(networks, compared)
    sentences = [_sentence(name, runs) for name, runs in networks.items()]
    sentences += [_comparison(one) for one in compared]
    if record.measured and max(map(len, networks.values())) == 1:
        sentences.append("One run of a network gives a point: it takes several seeds to make a claim.")
    sentences += [
        f"{name} has nothing that can be deleted." for name, runs in networks.items() if rise(runs[0]) is None
    ]
    sentences += [*lost_sentence(lost_runs(record.about.runs)), *record.unmeasured]
    return replace(
        record,
        compared=tuple(compared),
        headline=headline,
        about=replace(record.about, verdict=(headline, *(one for one in sentences if one))),
    )


def by_network(measured: Sequence[LesionedRun]) -> dict[str, list[LesionedRun]]:
    """Return the runs of each network."""
    return grouped(measured, lambda run: run.network)


def rise(run: LesionedRun) -> float | None:
    """Return by how many points deleting one site raises the error, in the median over sites."""
    if not run.lesions.singles:
        return None
    return statistics.median(run.lesions.singles) - run.lesions.error


def halfway(runs: Sequence[LesionedRun]) -> int | None:
    """Return how many deletions bring the error half of the way to chance, in the median over draws and runs.

    None if the draws never do, if there are none, or if the whole network is no better than that.
    """
    errors: dict[int, list[float]] = {}
    for run in runs:
        for one in run.lesions.deletions:
            errors.setdefault(one.count, []).append(one.error)
    whole = statistics.fmean(run.lesions.draw_error for run in runs)
    chance = 100 * (1 - 1 / runs[0].classes)
    if whole > chance / 2:
        return None
    half = (whole + chance) / 2
    return next((count for count in sorted(errors) if statistics.median(errors[count]) >= half), None)


def compare_rises(axes: Sequence[str], networks: Mapping[str, Sequence[LesionedRun]]) -> list[Compared]:
    """Compare all pairs of networks that differ in one axis, the seed aside, by the rise after one deletion.

    Each run counts once, with its median over units: units of one network are no independent samples of networks.
    """
    names = [name for name in networks if rise(networks[name][0]) is not None]
    pairs = [(a, b) for i, b in enumerate(names) for a in names[i + 1 :] if _apart(axes, networks[a], networks[b]) == 1]
    return correct([_compare(networks[a], networks[b]) for a, b in pairs])


def outcome_of(one: Compared) -> Outcome:
    """Return whether the first network loses less than the second, or more."""
    assert one.comparison is not None
    if one.comparison.method == "none" or one.p_holm is None:
        return "point"
    if not is_significant(one.p_holm):
        return "open"
    return "less" if one.comparison.difference < 0 else "more"


def _apart(axes: Sequence[str], a: Sequence[LesionedRun], b: Sequence[LesionedRun]) -> int:
    ours, theirs = a[0].settings, b[0].settings
    return sum(ours.get(axis) != theirs.get(axis) for axis in axes if axis != "seed")


def _compare(a: Sequence[LesionedRun], b: Sequence[LesionedRun]) -> Compared:
    ours, theirs = ({run.seed: value for run in side if (value := rise(run)) is not None} for side in (a, b))
    return compare_sides(Compared(FAMILY, MEASURE, a[0].series, a[0].network, b[0].network, None, None), ours, theirs)


def _headline(networks: Mapping[str, Sequence[LesionedRun]], compared: Sequence[Compared]) -> str:
    clear = [one for one in compared if outcome_of(one) in ("less", "more")]
    ordered = [(one.a, one.b) if outcome_of(one) == "less" else (one.b, one.a) for one in clear]
    told = [f"deleting a unit hurts {robust} less than {other}" for robust, other in ordered]
    unclear = [f"{one.a} against {one.b}" for one in compared if one not in clear]
    if unclear:
        told.append(f"no claim on {', '.join(unclear[:3])}{' and others' if len(unclear) > 3 else ''}")
    if not told:
        rises = {name: summarize(values).mean for name, runs in networks.items() if (values := _rises(runs))}
        told = [
            f"deleting one unit {_changes(value, f'test error of {name}')} (median)" for name, value in rises.items()
        ]
    text = "; ".join(told) or "there is nothing to delete"
    return f"{text[:1].upper()}{text[1:]}."


def _rises(runs: Sequence[LesionedRun]) -> list[float]:
    return [value for run in runs if (value := rise(run)) is not None]


def _sentence(name: str, runs: Sequence[LesionedRun]) -> str:
    """Say what a network loses by one deletion, over its units and its runs, and by how many it is half lost."""
    rises = _rises(runs)
    if not rises:
        return ""
    found, whole = summarize(rises), statistics.fmean(run.lesions.error for run in runs)
    units = [error for run in runs for error in run.lesions.singles]
    low, _, high = statistics.quantiles(units, n=4, method="inclusive") if len(units) > 1 else units * 3
    seeds = (
        interval_text(found.interval, counted(found.n, "seed")) if found.interval is not None else "one run, a point"
    )
    half = ""
    if (count := halfway(runs)) is not None:
        which = "One random deletion takes" if count == 1 else f"{count} random deletions together take"
        half = f" {which} it halfway to chance."
    sites = counted(len(runs[0].lesions.sites), "site")
    return (
        f"{name}: deleting one of its {sites} {_changes(found.mean, 'test error')} ({seeds}), from {points(whole)} to "
        f"{points(whole + found.mean)} % (median over sites); half of these errors lie between {points(low)} and "
        f"{points(high)} %.{half}"
    )


def _changes(value: float, what: str) -> str:
    """Write what a deletion does: `raises the test error by 5.0 points`."""
    what = what if what.startswith("that") else f"the {what}"
    if points(value) == points(0):
        return f"does not change {what}"
    return f"{'raises' if value > 0 else 'lowers'} {what} by {points(abs(value))} points"


def _comparison(one: Compared) -> str:
    assert one.comparison is not None
    found, outcome = one.comparison, outcome_of(one)
    ours, theirs = one.mean_a or 0.0, one.mean_b or 0.0
    both = f"Deleting one unit {_changes(ours, f'error of {one.a}')} and {_changes(theirs, f'that of {one.b}')}"
    if outcome == "point":
        why = "one value a side gives a point, no claim" if min(found.n) == 1 else found.note
        return f"{both}: {why}."
    seeds = interval_text(found.interval, seeds_text(found.n))
    interval = f"difference {points(found.difference)}, {seeds}, p = {one.p_holm:.2g} by Holm"
    if outcome == "open":
        return f"{both} ({interval}): no claim."
    return f"{both} ({interval}): {outcome} in {one.a}."
