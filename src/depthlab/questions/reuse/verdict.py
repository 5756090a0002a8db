"""What follows from maps of feature reuse, in sentences."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from depthlab.questions.decisive import Decisive
from depthlab.questions.planning import more_seeds_text, rounded
from depthlab.questions.reuse.record import SCALED, SHARE, WEIGHT, ReuseRecord, ReuseRun, ReuseSummary
from depthlab.questions.reuse.summary import DISTANCE, END, FROM_INPUT, SPREAD, summarize_reuse
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence
from depthlab.records import Comparison, Interval
from depthlab.statistics import is_significant, seeds_to_reach

_TOLD = (WEIGHT, SHARE)  # scaled weights are told where they say something else
_WHAT = {WEIGHT: "mean absolute weight", SCALED: "mean absolute weight times gamma", SHARE: "share of variance"}
# what stands above the line, what below, and what is said if the quotient is below or above 1
_QUOTIENTS = {
    DISTANCE: (
        *("the farther half of earlier units", "the nearer half"),
        *("nearby layers are used more", "distant layers are used more"),
    ),
    FROM_INPUT: (
        *("a block's input, in blocks after the first,", "its units"),
        *("the input is used less", "the input is used more"),
    ),
    END: (
        *("the last third of units before the classifier", "the others"),
        *("early features are preferred", "final features are preferred"),
    ),
}
_FACTOR = 1.1  # within which one would like to know a quotient
_PAPER = {FROM_INPUT: -1, END: 1}  # what Huang et al. 2017 saw in Fig. 5


def judge(record: ReuseRecord) -> ReuseRecord:
    """Return the record with its summaries over seeds and its verdict."""
    summaries = summarize_reuse(record.runs)
    verdict = tell_reuse(record.runs, summaries, lost_runs(record.about.runs))
    return replace(record, about=replace(record.about, verdict=verdict), summaries=summaries)


def tell_reuse(runs: Sequence[ReuseRun], summaries: Sequence[ReuseSummary], lost: Mapping[str, str]) -> tuple[str, ...]:
    """Return the verdict: a headline, then what each network's maps show, and what is missing."""
    told = [one for one in summaries if one.measure in _TOLD]
    sentences = [_headline(told)]
    sentences += [_spread_sentence(one) if one.name == SPREAD else _quotient_sentence(one) for one in told]
    sentences += _disagreements(summaries)
    notes = {run.network: run.note for run in runs if run.note}
    sentences += [f"{network} has no map: {note}." for network, note in notes.items()]
    if any(one.final.n == 1 for one in told):
        sentences.append(f"One seed has no interval, and so no claim is made: {more_seeds_text(3)}.")
    return (*sentences, *lost_sentence(lost))


def decisive(record: ReuseRecord) -> list[Decisive]:
    """Return what the verdict rests on: the change of each spread, in percent, and each quotient, likewise."""
    found = []
    for one in record.summaries:
        test, scale = (one.change, 0.01) if one.name == SPREAD else (one.quotient, math.log2(1.01))
        if one.measure in _TOLD and test is not None:
            unit = "(a share)" if one.name == SPREAD else "doublings"
            name, each = f"{one.network}: {one.name}", ((one.network,),)
            found.append(Decisive(name, test, each, 0.0, scale, unit, one.measure, one.p_holm))
    return found


def direction_of(one: ReuseSummary) -> int:
    """Return 1 or -1 where a quotient is shown to be above or below 1, 0 where neither is."""
    if one.quotient is None or not is_significant(one.p_holm):
        return 0
    return 1 if one.quotient.difference > 0 else -1


def _headline(told: Sequence[ReuseSummary]) -> str:
    spreads = [one for one in told if one.name == SPREAD]
    if not spreads:
        return "There is nothing to tell: no network here has units that pass on what they were given."
    listed = "; ".join(f"{one.network} {100 * one.final.mean:.0f} %" for one in spreads)
    return f"Share of its earlier layers that a layer effectively uses: {listed}."


def _spread_sentence(one: ReuseSummary) -> str:
    size = f"{100 * one.final.mean:.0f} % of the earlier layers ({_range(one)})"
    text = f"{one.network}, {_WHAT[one.measure]}: a layer effectively uses {size}"
    change = one.change
    if one.initial is None or change is None:
        return f"{text}."
    text = f"{text}; before training {100 * one.initial.mean:.0f} %"
    if change.interval is None:
        return f"{text}."
    if not is_significant(one.p_holm):
        told = interval_text(change.interval, number=lambda end: f"{100 * end:.2g}")
        return f"{text}: no change by training shown ({told} points{_corrected(one)})."
    verb = "narrowed" if change.difference < 0 else "widened"
    low, high = sorted((abs(change.interval.low), abs(change.interval.high)))
    told = interval_text(Interval(low, high, change.interval.level), number=lambda end: f"{100 * end:.2g}")
    return f"{text}: training {verb} it by {100 * abs(change.difference):.2g} points ({told})."


def _quotient_sentence(one: ReuseSummary) -> str:
    top, bottom, *outcomes = _QUOTIENTS[one.name]
    text = (
        f"{one.network}, {_WHAT[one.measure]}: on {top} {2**one.final.mean:.2f} times that on {bottom} ({_range(one)})"
    )
    direction, test = direction_of(one), one.quotient
    if test is None or test.interval is None:
        return f"{text}: no test."
    if not direction:
        return f"{text}: no difference shown{_corrected(one)}. {_enough(test)}"
    said = outcomes[direction > 0]
    if one.measure == WEIGHT and one.name in _PAPER:
        said += f", {'as' if direction == _PAPER[one.name] else 'other than'} in Huang et al. 2017, Fig. 5"
    return f"{text}: {said}."


def _disagreements(summaries: Sequence[ReuseSummary]) -> list[str]:
    """Say where the weights together with the normalization in front of them tell another story."""
    plain = {(one.network, one.name): one for one in summaries if one.measure == WEIGHT}
    found = []
    for one in (one for one in summaries if one.measure == SCALED and one.name != SPREAD):
        other = plain.get((one.network, one.name))
        if other is not None and direction_of(one) * direction_of(other) < 0:
            top, bottom = _QUOTIENTS[one.name][:2]
            found.append(
                f"{one.network}: with the factors of normalizations taken in, the opposite holds on {top} "
                f"against {bottom}: {2**one.final.mean:.2f} times ({_range(one)})."
            )
    return found


def _corrected(one: ReuseSummary) -> str:
    return "" if one.p_holm is None else f", p = {one.p_holm:.2g} after Holm's correction"


def _enough(test: Comparison) -> str:
    """Say within which factor so many seeds tell a quotient, and how many tell it to within 1.1."""
    assert test.interval is not None
    factor = 2 ** (test.interval.high - test.difference)
    told = f"{counted(test.n[0], 'seed')} tell it to within a factor of {factor:.2f}"
    needed = seeds_to_reach(math.log2(_FACTOR), test)
    if needed is None or needed[1] <= test.n[0]:
        return f"{told}."
    low, high = map(rounded, needed)
    return f"{told}; {_FACTOR} takes about {low} to {high}: {more_seeds_text(high)}."


def _range(one: ReuseSummary) -> str:
    def number(end: float) -> str:
        return f"{100 * min(end, 1.0):.0f}" if one.name == SPREAD else f"{2**end:.2f}"

    return interval_text(one.interval, counted(one.final.n, "seed"), number)
