"""Does a deeper network have the higher training error? Tests over all depths and seeds, told in sentences.

Claims rest on the training error of the final weights in evaluation mode: a higher test error alone may be overfitting
(He et al. 2015, arXiv 1512.03385, sec. 1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from depthlab.questions.compared import TEST, TRAINING, compare_networks
from depthlab.questions.decisive import Decisive
from depthlab.questions.degradation.choices import judge_tuning
from depthlab.questions.degradation.record import Condition, DegradationRecord, Ladder, SeriesTrend, Tuning
from depthlab.questions.degradation.trends import (
    JONCKHEERE,
    Rule,
    climb,
    find_trends,
    has_trend,
    rises,
    series_networks,
    sloped,
)
from depthlab.questions.failures import DIVERGED
from depthlab.questions.grouping import grouped
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence, points, seeds_text, together
from depthlab.records import Comparison, Interval, MeasuredRun, RunRef
from depthlab.statistics import is_significant

FAMILIES = "training error of the deepest networks"

Outcome = Literal["degradation", "gain", "equal", "open", "untested"]


def judge(record: DegradationRecord) -> DegradationRecord:
    """Return the record with its tests and its verdict."""
    refs = record.about.runs
    rule = Rule(record.trained, record.chance, record.margin)
    judged = [
        judge_condition(one.name, [ref for ref in refs if ref.fingerprint in one.members], record.measured, rule)
        for one in record.conditions
    ]
    tuning = judge_tuning(record.tuning, rule.images.get("validation", 0)) if record.tuning is not None else None
    depends = [tell_tuning(tuning, *judged)] if tuning is not None else []
    about = replace(record.about, verdict=(judged[0].headline, *judged[0].verdict, *depends))
    return replace(record, about=about, conditions=tuple(judged), tuning=tuning)


def decisive(record: DegradationRecord) -> list[Decisive]:
    """Return what the verdict rests on: the change from end to end of each series, and what shortcuts change."""
    condition = record.conditions[0]
    ladder = condition.ladder
    found = [
        Decisive(
            f"{one.deepest} less {one.shallowest}",
            one.effect,
            ((one.deepest,), (one.shallowest,)),
            measure=TRAINING,
            p=_claimed_p(_deciding_p(one, ladder), has_trend(one, _deciding_p(one, ladder))),
            equal=None if one.equivalence is None else outcome_of(one, ladder) == "equal",
        )
        for one in condition.trends
        if one.effect is not None
    ]
    if ladder is not None and ladder.slopes is not None:
        refs = [ref for ref in record.about.runs if ref.fingerprint in condition.members]
        rule = Rule(record.trained, record.chance, record.margin)
        series = series_networks(refs, record.measured)
        names = [(one.name,) for name in (ladder.without, ladder.with_) for one in sloped(series[name], rule)]
        what = f"a doubling of depth, {ladder.without} less {ladder.with_}"
        rung = ladder.rungs[1]
        p = _claimed_p(rung.p, rung.holds) if rung.reached else None
        found.append(Decisive(what, ladder.slopes, tuple(names), measure=TRAINING, p=p))
    return found


def judge_condition(
    name: str,
    refs: Sequence[RunRef],
    measured: Iterable[MeasuredRun],
    rule: Rule,
) -> Condition:
    """Test how each series goes with depth and what shortcuts change, and say what follows.

    Args:
        name: Of the condition: held or tuned.
        refs: All runs that were asked for.
        measured: What the finished ones found; runs that were not asked for are left aside.
        rule: What the tests take beside the runs.
    """
    wanted = {ref.fingerprint for ref in refs}
    runs = [run for run in measured if run.fingerprint in wanted]
    series = series_networks(refs, runs)
    trends = find_trends(series, rule)
    ends = _ends(refs)
    condition = Condition(
        name,
        tuple(ref.fingerprint for ref in refs),
        compared=(
            *compare_networks(TEST, TEST, ends, runs, rule.images),
            *compare_networks(FAMILIES, TRAINING, _between([deep for deep, _ in ends]), runs, rule.images),
        ),
        trends=trends,
        ladder=climb(series, trends, rule),
    )
    return replace(condition, headline=headline(condition, rule), verdict=tell(condition, refs, rule))


def tell(condition: Condition, refs: Sequence[RunRef], rule: Rule) -> tuple[str, ...]:
    """Return the verdict: sentences for each series, what shortcuts change, and what is missing."""
    ladder = condition.ladder
    sentences = [_tell_series(one, outcome_of(one, ladder), rule) for one in condition.trends]
    if ladder is not None and ladder.slopes is not None:
        sentences.insert(1 if condition.trends[0].series == ladder.without else len(sentences), _tell_slopes(ladder))
    lost = [ref for ref in refs if not (ref.fault == DIVERGED and rule.chance is not None)]
    return (*sentences, *lost_sentence(lost_runs(lost)))


def tell_tuning(tuning: Tuning, tuned: Condition, held: Condition) -> str:
    """Return the sentence that says how far the answer depends on what was chosen."""
    seeds = f"{'seed' if len(tuning.seeds) == 1 else 'seeds'} {', '.join(map(str, tuning.seeds))}"
    values = " or ".join(dict.fromkeys(str(choice.held) for choice in tuning.choices))
    same = tuned.headline == held.headline
    answer = "the same" if same else f"another: {held.headline.removesuffix('.')}"
    unsure = sum(bool(choice.tied) for choice in tuning.choices)
    told = f" For {unsure} of {len(tuning.choices)} networks validation can't tell it from another value."
    return (
        f"Each network has the {tuning.key} that did best on validation, with {seeds}; held at {values} instead, the "
        f"answer is {answer}.{told if unsure else ''}"
    )


def headline(condition: Condition, rule: Rule) -> str:
    """Return the answer in a few words: `Degradation in plain; none beyond 0.5 points in resnet.`"""
    words: dict[Outcome, str] = {
        "degradation": "degradation in",
        "equal": f"none beyond {rule.margin:g} points in",
        "gain": "lower training error with depth in",
        "open": "not shown in",
        "untested": "no claim about",
    }
    groups = grouped(condition.trends, lambda one: outcome_of(one, condition.ladder))
    text = "; ".join(f"{words[key]} {together([one.series for one in groups[key]])}" for key in words if key in groups)
    return f"{text[:1].upper()}{text[1:]}." if text else "There is nothing to compare."


def outcome_of(one: SeriesTrend, ladder: Ladder | None) -> Outcome:
    """Return what may be claimed of a series: by the ladder where it decides, else after Holm's correction."""
    second = ladder is not None and one.series == ladder.with_
    equal = is_significant(one.equivalence_p_corrected) or (second and ladder is not None and ladder.holds(2))
    if equal:
        return "equal"
    if has_trend(one, _deciding_p(one, ladder)):
        return "degradation" if rises(one) else "gain"
    return "open" if one.p is not None else "untested"


def _deciding_p(one: SeriesTrend, ladder: Ladder | None) -> float | None:
    """Return the p of a series' trend: the first rung of the ladder needs no correction."""
    return one.p if ladder is not None and one.series == ladder.without else one.p_corrected


def _claimed_p(p: float | None, claimed: bool) -> float | None:
    """Return the p of a test; None where it would allow a claim that other rules forbid."""
    return p if claimed or not is_significant(p) else None


def _tell_series(one: SeriesTrend, outcome: Outcome, rule: Rule) -> str:
    error = f"{one.series}'s training error"
    if one.trend is None:
        return f"{error} can't be compared over depths: {counted(one.depths, 'network')} of it has a run."
    effect = _tell_effect(one, rule)
    diverged = f" {_tell_diverged(one, rule)}" if one.diverged else ""
    if outcome == "untested":
        seeds = counted(one.runs, "run")
        return f"{error}: {effect}. {seeds} at {one.depths} depths are too few for a test.{diverged} {one.enough}"
    test = _tell_test(one)
    if outcome == "equal":
        assert one.equivalence is not None
        interval = interval_text(one.equivalence.interval)
        less = f" It {'rises' if rises(one) else 'falls'} by less ({test})." if is_significant(one.p_corrected) else ""
        return (
            f"{error} does not change by {rule.margin:g} points or more: {one.deepest} less {one.shallowest} is "
            f"{points(one.effect.difference if one.effect else 0.0)} points ({interval}).{less}{diverged}"
        )
    if outcome == "open":
        return f"{error} is not shown to change with depth ({test}): {effect}.{diverged} {one.enough}"
    goes = "rises" if outcome == "degradation" else "falls"
    assert one.trend is not None
    likely = one.trend.probability if goes == "rises" else 1 - one.trend.probability
    more = "more" if goes == "rises" else "less"
    return (
        f"{error} {goes} with depth: a deeper run errs {more} than a shallower one with a probability of {likely:.2f} "
        f"({test}); {effect}.{diverged}"
    )


def _tell_test(one: SeriesTrend) -> str:
    name = "trend test" if one.test == JONCKHEERE else "Welch's test of logits"
    return f"{name} of {counted(one.runs, 'run')} at {one.depths} depths, {_p_text(one.p)}"


def _tell_effect(one: SeriesTrend, rule: Rule) -> str:
    """Say what the deepest network's mean error is against the shallowest one's, and whether means may be spoken of."""
    found = one.effect
    if found is None:
        return f"{one.deepest} or {one.shallowest} has no run to take a mean of"
    size, seeds = points(abs(found.difference)), seeds_text(found.n)
    where = "above" if found.difference > 0 else "below"
    told = (
        f"{one.deepest} is {size} points {where} {one.shallowest}"
        if found.difference
        else (f"{one.deepest} and {one.shallowest} are equal")
    )
    clear = "" if found.interval is None or _is_clear(found) else ", which includes 0"
    return f"{told} ({interval_text(found.interval, seeds)}{clear})"


def _tell_diverged(one: SeriesTrend, rule: Rule) -> str:
    count = counted(one.diverged, "run")
    means = "is in no mean" if rule.chance is None else f"counts as guessing, {rule.chance:.0f} %, in means"
    return f"{count} diverged: each ranks worst, and {means}."


def _tell_slopes(ladder: Ladder) -> str:
    found = ladder.slopes
    assert found is not None
    interval = interval_text(found.interval)
    told = f"{points(abs(found.difference))} points {'more' if found.difference > 0 else 'less'}"
    between = f"to {ladder.without}'s training error than to {ladder.with_}'s"
    if ladder.holds(1):
        begin = "Shortcuts make the difference" if ladder.with_.startswith("resnet") else "Depth tells them apart"
        return f"{begin}: a doubling of depth adds {told} {between} ({interval})."
    if not ladder.rungs[1].reached:
        return (
            f"As no degradation is shown in {ladder.without}, whether shortcuts prevent it is not tested; a doubling "
            f"of depth adds {told} {between} ({interval})."
        )
    return (
        f"A difference is not shown: a doubling of depth adds {told} {between} ({interval}, "
        f"{_p_text(ladder.rungs[1].p)})."
    )


def _p_text(p: float | None) -> str:
    if p is None:
        return "no test"
    return f"p = {p:.2g}" if p >= 1e-4 else "p < 0.0001"


def _is_clear(found: Comparison | None) -> bool:
    """Tell whether a difference has an interval that lies on one side of 0."""
    interval: Interval | None = found.interval if found is not None else None
    return interval is not None and (interval.low > 0 or interval.high < 0)


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
