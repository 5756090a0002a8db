"""Does a deeper network have the higher training error? Computed from runs and told in sentences.

Claims rest on the training error of the final weights in evaluation mode: a higher test error alone may be overfitting
(He et al. 2015, arXiv 1512.03385, sec. 1).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from depthlab.questions.compared import LEVEL, TEST, TRAINING, compare_networks
from depthlab.questions.degradation.record import Condition, Tuning
from depthlab.records import Compared, MeasuredRun, RunRef

FAMILIES = "training error of the deepest networks"

Outcome = Literal["degradation", "gain", "open", "point", "nothing"]


def judge(name: str, refs: Sequence[RunRef], measured: Iterable[MeasuredRun]) -> Condition:
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


def lost_runs(refs: Iterable[RunRef]) -> dict[str, str]:
    """Return for each network that lost runs how many, and to what: `2 of 3 runs diverged`."""
    groups: dict[str, list[RunRef]] = {}
    for ref in refs:
        groups.setdefault(ref.group, []).append(ref)
    told = {}
    for group, same in groups.items():
        lost = Counter(ref.fault or ref.state for ref in same if ref.state != "finished")
        if lost:
            whole = f"of {len(same)} {'run' if len(same) == 1 else 'runs'}"
            told[group] = ", ".join(f"{count} {whole}: {kind}" for kind, count in lost.most_common())
    return told


def tell(condition: Condition, lost: Mapping[str, str]) -> tuple[str, ...]:
    """Return the verdict, a sentence for each series and one for what is missing."""
    family = [one for one in condition.compared if one.family == TRAINING]
    sentences = [_sentence(one) for one in family]
    if any(outcome_of(one) == "point" for one in family):
        sentences.append("One value a side gives a point: it takes more seeds to make a claim.")
    if lost:
        listed = "; ".join(f"{group}, {text}" for group, text in lost.items())
        flattered = ", which flatters networks that diverge" if "diverged" in listed else ""
        sentences.append(f"Not every run came to its end: {listed}. They are in no mean{flattered}.")
    return tuple(sentences)


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
    words = {
        "degradation": "degradation in",
        "gain": "none in",
        "open": "not shown in",
        "point": "no claim on",
        "nothing": "nothing to compare in",
    }
    groups: dict[Outcome, list[str]] = {}
    for one in condition.compared:
        if one.family == TRAINING:
            groups.setdefault(outcome_of(one), []).append(one.series)
    text = "; ".join(f"{words[key]} {together(groups[key])}" for key in words if key in groups)
    return f"{text[:1].upper()}{text[1:]}." if text else "There is nothing to compare."


def outcome_of(one: Compared) -> Outcome:
    """Return what a comparison of training errors, the deeper network less the shallower one, says."""
    if one.comparison is None:
        return "nothing"
    if one.comparison.method == "none" or one.p_holm is None:
        return "point"
    if one.p_holm >= 1 - LEVEL:
        return "open"
    return "degradation" if one.comparison.difference > 0 else "gain"


def together(names: Sequence[str]) -> str:
    """Write names as a list: `plain, resnet and vgg`."""
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])


def points(value: float) -> str:
    """Write a difference of percentages: to a tenth, small ones to two digits."""
    return f"{value:.1f}" if abs(value) >= 0.95 or value == 0 else f"{value:.2g}"


def _sentence(one: Compared) -> str:
    outcome, comparison = outcome_of(one), one.comparison
    if comparison is None:
        missing = " and ".join(name for name, mean in ((one.a, one.mean_a), (one.b, one.mean_b)) if mean is None)
        return f"{one.a} can't be compared with {one.b}: no run of {missing} came to its end."
    size, interval = points(abs(comparison.difference)), _interval(one)
    if outcome == "point":
        where = "above" if comparison.difference > 0 else "below"
        is_so = f"is {size} points {where}" if comparison.difference else "equals"
        why = "a point, no claim" if min(comparison.n) == 1 else comparison.note
        return f"{one.a}'s training error {is_so} {one.b}'s ({_seeds(comparison.n)}): {why}."
    if outcome == "degradation":
        return f"{one.a}'s training error exceeds {one.b}'s by {size} points ({interval}): degradation."
    if outcome == "gain":
        return f"{one.a}'s training error is below {one.b}'s by {size} points ({interval}): no degradation."
    if comparison.difference == 0 and one.mean_a == 0:
        return f"{one.a} and {one.b} both fit every training image ({_seeds(comparison.n)}): no degradation to be seen."
    shown = ""
    if one.detectable is not None:
        shown = f"; with this spread {_seeds(comparison.n)} show differences from {points(one.detectable)} points on"
    return (
        f"{one.a}'s training error differs from {one.b}'s by {points(comparison.difference)} points ({interval}, "
        f"p = {one.p_holm:.2g} by Holm): no claim{shown}."
    )


def _interval(one: Compared) -> str:
    assert one.comparison is not None
    found, seeds = one.comparison.interval, _seeds(one.comparison.n)
    if found is None:
        return seeds
    return f"{100 * found.level:.0f} % interval {points(found.low)} to {points(found.high)}, {seeds}"


def _seeds(n: tuple[int, int]) -> str:
    first, second = n
    if first == second:
        return f"{first} {'seed' if first == 1 else 'seeds'}"
    return f"{first} and {second} seeds"


def _ends(refs: Sequence[RunRef]) -> list[tuple[RunRef, RunRef]]:
    """Return the deepest and the shallowest network of each series that has two depths."""
    series: dict[str, list[RunRef]] = {}
    for ref in refs:
        series.setdefault(ref.series, []).append(ref)
    ends = [(max(group, key=_place), min(group, key=_place)) for group in series.values()]
    return [(deep, shallow) for deep, shallow in ends if deep.group != shallow.group]


def _between(deepest: Sequence[RunRef]) -> list[tuple[RunRef, RunRef]]:
    """Pair the deepest network of the first series with that of each other one, where they are equally deep."""
    return [(deepest[0], other) for other in deepest[1:] if other.place == deepest[0].place]


def _place(ref: RunRef) -> float:
    return ref.place
