"""Does a deeper network have the higher training error? Computed from runs and told in sentences.

Claims rest on the training error of the final weights in evaluation mode: a higher test error alone may be overfitting
(He et al. 2015, arXiv 1512.03385, sec. 1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from depthlab.questions.compared import TEST, TRAINING, compare_networks
from depthlab.questions.degradation.record import Condition, DegradationRecord, Tuning
from depthlab.questions.grouping import grouped
from depthlab.questions.wording import interval_text, lost_runs, lost_sentence, points, seeds_text, together
from depthlab.records import Compared, MeasuredRun, RunRef
from depthlab.statistics import is_significant

FAMILIES = "training error of the deepest networks"

Outcome = Literal["degradation", "gain", "open", "point", "nothing"]


def judge(record: DegradationRecord) -> DegradationRecord:
    """Return the record with its comparisons and its verdict."""
    refs = record.about.runs
    judged = [
        judge_condition(one.name, [ref for ref in refs if ref.fingerprint in set(one.members)], record.measured)
        for one in record.conditions
    ]
    hangs = [tell_tuning(record.tuning, *judged)] if record.tuning is not None else []
    about = replace(record.about, verdict=(judged[0].headline, *judged[0].verdict, *hangs))
    return replace(record, about=about, conditions=tuple(judged))


def judge_condition(name: str, refs: Sequence[RunRef], measured: Iterable[MeasuredRun]) -> Condition:
    """Compare the deepest network of each series with its shallowest, and say what follows.

    Args:
        name: Of the condition: held or tuned.
        refs: All runs that were asked for.
        measured: What the finished ones found; runs that were not asked for are left aside.
    """
    wanted = {ref.fingerprint for ref in refs}
    runs = [run for run in measured if run.fingerprint in wanted]
    ends = _ends(refs)
    compared = (
        *compare_networks(TRAINING, TRAINING, ends, runs),
        *compare_networks(TEST, TEST, ends, runs),
        *compare_networks(FAMILIES, TRAINING, _between([deep for deep, _ in ends]), runs),
    )
    condition = Condition(name, tuple(ref.fingerprint for ref in refs), compared)
    return replace(condition, headline=headline(condition), verdict=tell(condition, lost_runs(refs)))


def tell(condition: Condition, lost: Mapping[str, str]) -> tuple[str, ...]:
    """Return the verdict, a sentence for each series and one for what is missing."""
    family = [one for one in condition.compared if one.family == TRAINING]
    sentences = [_sentence(one) for one in family]
    if any(outcome_of(one) == "point" for one in family):
        sentences.append("One value a side gives a point: it takes more seeds to make a claim.")
    return (*sentences, *lost_sentence(lost))


def tell_tuning(tuning: Tuning, tuned: Condition, held: Condition) -> str:
    """Return the sentence that says how far the answer hangs on what was chosen."""
    seeds = f"{'seed' if len(tuning.seeds) == 1 else 'seeds'} {', '.join(map(str, tuning.seeds))}"
    values = " or ".join(dict.fromkeys(str(choice.held) for choice in tuning.choices))
    same = tuned.headline == held.headline
    answer = "the same" if same else f"another: {held.headline.removesuffix('.')}"
    return (
        f"Each network has the {tuning.key} that did best on validation, with {seeds}; held at {values} instead, the "
        f"answer is {answer}."
    )


def headline(condition: Condition) -> str:
    """Return the answer in a few words: `Degradation in plain, not shown in resnet.`"""
    words: dict[Outcome, str] = {
        "degradation": "degradation in",
        "gain": "none in",
        "open": "not shown in",
        "point": "no claim on",
        "nothing": "nothing to compare in",
    }
    groups = grouped((one for one in condition.compared if one.family == TRAINING), outcome_of)
    text = "; ".join(f"{words[key]} {together([one.series for one in groups[key]])}" for key in words if key in groups)
    return f"{text[:1].upper()}{text[1:]}." if text else "There is nothing to compare."


def outcome_of(one: Compared) -> Outcome:
    """Return what a comparison of training errors, the deeper network less the shallower one, says."""
    if one.comparison is None:
        return "nothing"
    if one.comparison.method == "none" or one.p_holm is None:
        return "point"
    if not is_significant(one.p_holm):
        return "open"
    return "degradation" if one.comparison.difference > 0 else "gain"


def _sentence(one: Compared) -> str:
    outcome, comparison = outcome_of(one), one.comparison
    if comparison is None:
        missing = " and ".join(name for name, mean in ((one.a, one.mean_a), (one.b, one.mean_b)) if mean is None)
        return f"{one.a} can't be compared with {one.b}: no run of {missing} came to its end."
    size, seeds = points(abs(comparison.difference)), seeds_text(comparison.n)
    interval = interval_text(comparison.interval, seeds)
    if outcome == "point":
        where = "above" if comparison.difference > 0 else "below"
        is_so = f"is {size} points {where}" if comparison.difference else "equals"
        why = "a point, no claim" if min(comparison.n) == 1 else comparison.note
        return f"{one.a}'s training error {is_so} {one.b}'s ({seeds}): {why}."
    if outcome == "degradation":
        return f"{one.a}'s training error exceeds {one.b}'s by {size} points ({interval}): degradation."
    if outcome == "gain":
        return f"{one.a}'s training error is below {one.b}'s by {size} points ({interval}): no degradation."
    if comparison.difference == 0 and one.mean_a == 0:
        return f"{one.a} and {one.b} both fit every training image ({seeds}): no degradation to be seen."
    shown = ""
    if one.detectable is not None:
        shown = f"; with this spread {seeds} show differences from {points(one.detectable)} points on"
    return (
        f"{one.a}'s training error differs from {one.b}'s by {points(comparison.difference)} points ({interval}, "
        f"p = {one.p_holm:.2g} by Holm): no claim{shown}."
    )


def _ends(refs: Sequence[RunRef]) -> list[tuple[RunRef, RunRef]]:
    """Return the deepest and the shallowest network of each series that has two depths."""
    series = grouped(refs, lambda ref: ref.series).values()
    ends = [(max(same, key=_place), min(same, key=_place)) for same in series]
    return [(deep, shallow) for deep, shallow in ends if deep.group != shallow.group]


def _between(deepest: Sequence[RunRef]) -> list[tuple[RunRef, RunRef]]:
    """Pair the deepest network of the first series with that of each other one, where they are equally deep."""
    return [(deepest[0], other) for other in deepest[1:] if other.place == deepest[0].place]


def _place(ref: RunRef) -> float:
    return ref.place
