"""What follows from maps of feature reuse, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from depthlab.questions.reuse.record import SCALED, SHARE, WEIGHT, ReuseRecord, ReuseRun, ReuseSummary
from depthlab.questions.reuse.summary import DISTANCE, END, FROM_INPUT, SPREAD, summarize_reuse
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence
from depthlab.records import Summary

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
        sentences.append("One seed gives a point: it takes more seeds to make a claim.")
    return (*sentences, *lost_sentence(lost))


def direction_of(one: Summary, zero: float = 0.0) -> int:
    """Return 1 or -1 where the interval is above or below `zero`, 0 where it holds it or there is none."""
    if one.interval is None or one.interval.low <= zero <= one.interval.high:
        return 0
    return 1 if one.interval.low > zero else -1


def _headline(told: Sequence[ReuseSummary]) -> str:
    spreads = [one for one in told if one.name == SPREAD]
    if not spreads:
        return "There is nothing to tell: no network here has units that pass on what they were given."
    listed = "; ".join(f"{one.network} {100 * one.final.mean:.0f} %" for one in spreads)
    return f"Share of its earlier layers that a layer effectively uses: {listed}."


def _spread_sentence(one: ReuseSummary) -> str:
    what = f"{one.network}, {_WHAT[one.measure]}: a layer effectively uses"
    size = f"{100 * one.final.mean:.0f} % of the earlier layers ({_range(one.final, percent=True)})"
    if one.initial is None:
        return f"{what} {size}."
    before = f"before training {100 * one.initial.mean:.0f} %"
    change = one.change
    if change is None or change.interval is None:
        return f"{what} {size}; {before}."
    if change.interval.low <= 0 <= change.interval.high:
        return f"{what} {size}; {before}: no change by training shown, so random weights have this spread too."
    verb = "narrowed" if change.difference < 0 else "widened"
    low, high = sorted(100 * abs(end) for end in (change.interval.low, change.interval.high))
    return f"{what} {size}; {before}: training {verb} it by {low:.2g} to {high:.2g} points."


def _quotient_sentence(one: ReuseSummary) -> str:
    top, bottom, *outcomes = _QUOTIENTS[one.name]
    direction = direction_of(one.final)
    said = "no claim" if one.final.interval is None else "no difference shown"
    if direction:
        said = outcomes[direction > 0]
        if one.measure == WEIGHT and one.name in _PAPER:
            as_there = direction == _PAPER[one.name]
            said += f", {'as' if as_there else 'other than'} in Huang et al. 2017, Fig. 5"
    return (
        f"{one.network}, {_WHAT[one.measure]}: on {top} {2**one.final.mean:.2f} times that on {bottom} "
        f"({_range(one.final, percent=False)}): {said}."
    )


def _disagreements(summaries: Sequence[ReuseSummary]) -> list[str]:
    """Say where the weights together with the normalization in front of them tell another story."""
    plain = {(one.network, one.name): one for one in summaries if one.measure == WEIGHT}
    found = []
    for one in (one for one in summaries if one.measure == SCALED and one.name != SPREAD):
        other = plain.get((one.network, one.name))
        if other is not None and direction_of(one.final) * direction_of(other.final) < 0:
            top, bottom = _QUOTIENTS[one.name][:2]
            found.append(
                f"{one.network}: with the factors of normalizations taken in, the opposite holds on {top} "
                f"against {bottom}: {2**one.final.mean:.2f} times ({_range(one.final, percent=False)})."
            )
    return found


def _range(one: Summary, *, percent: bool) -> str:
    def number(end: float) -> str:
        return f"{100 * min(end, 1.0):.0f}" if percent else f"{2**end:.2f}"

    return interval_text(one.interval, counted(one.n, "seed"), number)
