"""Is dropout a vote, is stochastic depth one? Told in sentences, each of which rests on an interval.

Intervals are over seeds where there are several trainings, else over draws of the one network. Each holds for itself:
that an average meets weight scaling is a difference that can't be told from none, not a proof that there is none.
"""

from collections.abc import Callable, Iterable, Sequence

from depthlab.analyses.degradation import lost_runs, points
from depthlab.analyses.vote_contrasts import (
    CALIBRATION,
    CORRELATION,
    DEPTH,
    DROPOUT,
    ERROR,
    INDEPENDENT,
    LOSS,
    MEAN,
    MEMBERS,
    MORE,
    SNAPSHOTS,
    TWIN,
    WHOLE,
    ZEROS,
    by_network,
    curve_of,
)
from depthlab.records import Committee, FeatureContrast, Interval, RunRef, VoteContrast, VotingRun

_LOSS_NAME = "negative log likelihood"
_POINT = "a point, no claim"


def tell(
    runs: Sequence[VotingRun],
    committees: Sequence[Committee],
    contrasts: Sequence[VoteContrast],
    features: Sequence[FeatureContrast],
    refs: Sequence[RunRef],
) -> tuple[str, ...]:
    """Return the verdict: the headline, then a sentence for each thing that was compared, then what is missing."""
    sentences = [headline(contrasts)]
    for network, same in by_network(runs).items():
        for voter in (DROPOUT, DEPTH):
            sentences += _meeting(_of(contrasts, voter, network))
        sentences += _snapshots(contrasts, network)
        sentences += _independent(contrasts, network)
        sentences += _disagreements(network, same, committees)
    sentences += [_feature(one) for one in features]
    if contrasts and all(len(same) == 1 for same in by_network(runs).values()):
        sentences.append("One training of each network: nothing is claimed of other trainings. It takes more seeds.")
    if lost := lost_runs(refs):
        listed = "; ".join(f"{group}, {text}" for group, text in lost.items())
        sentences.append(f"Not every run came to its end: {listed}. They are in no mean.")
    return tuple(sentences)


def headline(contrasts: Sequence[VoteContrast]) -> str:
    """Return the answer in a few words."""
    parts = []
    for voter in (DROPOUT, DEPTH):
        for network in dict.fromkeys(one.network for one in contrasts if one.family == voter):
            met = [_met_text(_of(contrasts, voter, network), measure) for measure in (ERROR, LOSS)]
            parts.append(
                f"the average of {MEMBERS[voter]} of {network} {met[0]} {WHOLE[voter]} in error, and {met[1]} it in "
                f"{_LOSS_NAME}"
            )
    gains = [one for one in contrasts if one.family == INDEPENDENT and one.measure == ERROR and _claimed(one)]
    if gains:
        best = min(gains, key=lambda one: one.comparison.difference)
        if best.comparison.difference < 0:
            parts.append(f"{best.a} of {best.network} gain {points(-best.comparison.difference)} points on one")
    text = "; ".join(parts) or "there is nothing to vote: no network drops anything, and none was trained twice"
    return f"{text[:1].upper()}{text[1:]}."


def meeting_size(found: Iterable[VoteContrast]) -> int | None:
    """Return from how many members on committees are not shown to be worse than the one pass; None if never.

    `found` are contrasts of one network by one measure, a committee less the one pass. Where nothing can be claimed
    (no interval) there is no meeting to tell.
    """
    ordered = sorted(found, key=lambda one: one.members)
    met = None
    for one in reversed([one for one in ordered if one.comparison.interval is not None]):
        if _low(one) > 0:
            break
        met = one.members
    return met


def interval_text(interval: Interval | None, n: int, over: str = "seeds") -> str:
    """Return `95 % interval 0.1 to 0.3, 5 seeds`."""
    counted = f"{n} {over if n != 1 else over.removesuffix('s')}"
    if interval is None:
        return counted
    return f"{100 * interval.level:.0f} % interval {points(interval.low)} to {points(interval.high)}, {counted}"


def _of(contrasts: Iterable[VoteContrast], family: str, network: str, measure: str | None = None) -> list[VoteContrast]:
    return [
        one
        for one in contrasts
        if one.family == family and one.network == network and (measure is None or one.measure == measure)
    ]


def _met_text(found: Sequence[VoteContrast], measure: str) -> str:
    same = [one for one in found if one.measure == measure]
    if not any(one.comparison.interval is not None for one in same):
        return "can't be compared with"
    met = meeting_size(same)
    if met is None:
        return "does not meet"
    return f"meets from m = {met} on" if met > 1 else "is never shown worse than"


def _meeting(found: Sequence[VoteContrast]) -> list[str]:
    """Say for each measure from where on committees meet the one pass, and how far they are from it at both ends."""
    told = []
    for measure in (ERROR, LOSS, CALIBRATION):
        same = sorted((one for one in found if one.measure == measure), key=lambda one: one.members)
        known = [one for one in same if one.comparison.interval is not None]
        if not same:
            continue
        first = same[0]
        what = f"{first.network}: in {_measure_name(measure)} the average of {MEMBERS[first.family]}"
        if not known:
            last = same[-1]
            told.append(
                f"{what} is {_signed(last)} from {WHOLE[first.family]} at m = {last.members} ({last.comparison.note}): "
                f"{_POINT}."
            )
            continue
        told.append(f"{what} {_met_sentence(known, WHOLE[first.family])}.")
    return told


def _met_sentence(known: Sequence[VoteContrast], whole: str) -> str:
    met, last = meeting_size(known), known[-1]
    if met is None:
        return f"does not meet {whole} up to m = {last.members}: {_sized(last)}"
    at = next(one for one in known if one.members == met)
    below = [one for one in known if one.members < met]
    text = f"meets {whole} at m = {met} ({_difference(at)})" if below else f"is not shown worse than {whole} at any m"
    if below:
        text += f"; at m = {below[-1].members} it is {_sized(below[-1])}"
    if last.members != met and _high(last) < 0:
        return f"{text}; at m = {last.members} it is {_sized(last)}"
    if not below or last.members != met:
        text += f"; at m = {last.members} the difference is {_difference(last)}"
    return text


def _snapshots(contrasts: Sequence[VoteContrast], network: str) -> list[str]:
    told = []
    own = _of(contrasts, SNAPSHOTS, network, ERROR)
    for one in [max(own, key=lambda one: one.members)] if own else []:
        told.append(f"{network}: {one.a} together {_outcome(one, 'the last one alone')}.")
    for one in _of(contrasts, TWIN, network, ERROR):
        told.append(f"{network}: {one.a} of one training {_outcome(one, f'{one.b}, trained as long')}.")
    return told


def _independent(contrasts: Sequence[VoteContrast], network: str) -> list[str]:
    """Tell of the largest committee over which there is an interval, and of all networks together as a point."""
    told = []
    for family in (INDEPENDENT, MORE):
        own = sorted(_of(contrasts, family, network, ERROR), key=lambda one: one.members)
        for b in dict.fromkeys(one.b for one in own):
            same = [one for one in own if one.b == b]
            known = [one for one in same if one.comparison.interval is not None]
            one = (known or same)[-1]
            told.append(f"{network}: {one.a} {_outcome(one, one.b)}.")
            if family == INDEPENDENT and known and (largest := same[-1]).comparison.interval is None:
                told.append(
                    f"{network}: all {largest.members} together have an error of {largest.mean_a:.3g} %, one has "
                    f"{largest.mean_b:.3g} %: {_POINT}."
                )
    return told


def _disagreements(network: str, runs: Sequence[VotingRun], committees: Sequence[Committee]) -> list[str]:
    """Say how often two members differ, of each kind that the network has."""
    parts = []
    for voter in (DROPOUT, DEPTH, SNAPSHOTS):
        values = [
            curve.disagreement
            for run in runs
            if (curve := curve_of(run, voter)) is not None and curve.disagreement is not None
        ]
        if values:
            kind = MEMBERS[voter].removeprefix("last ")
            parts.append(f"two {kind} of one training on {points(sum(values) / len(values))} %")
    for one in committees:
        if one.network == network and one.mean == "arithmetic" and one.disagreement is not None:
            parts.append(f"two independent networks on {points(one.disagreement)} %")
    return [f"{network}: of the images, {', '.join(parts)} differ in what they say."] if parts else []


def _feature(one: FeatureContrast) -> str:
    names: dict[str, tuple[str, Callable[[float], str]]] = {
        CORRELATION: ("the mean absolute correlation of two units", lambda value: f"{value:.3f}"),
        ZEROS: ("the share of zeros among activations", lambda value: f"{100 * value:.1f} %"),
        MEAN: ("the mean activation", lambda value: f"{value:.3f}"),
    }
    name, show = names[one.measure]
    found = one.comparison
    text = f"{one.network}: {name} is {show(one.mean_a)} against {show(one.mean_b)} of {one.other}"
    if found.interval is None:
        return f"{text}: {found.note or _POINT}."
    sure = (
        f"{100 * found.interval.level:.0f} % interval of the difference {show(found.interval.low)} to "
        f"{show(found.interval.high)}, {min(found.n)} seeds"
    )
    claimed = found.interval.low > 0 or found.interval.high < 0
    return f"{text} ({sure})" + ("." if claimed else ": no change shown.")


def _outcome(one: VoteContrast, other: str) -> str:
    found = one.comparison
    size = points(abs(found.difference))
    if found.interval is None:
        side = "less" if found.difference < 0 else "more"
        return f"err {size} points {side} than {other}: {found.note or _POINT}"
    sure = interval_text(found.interval, min(found.n), one.over)
    if not _claimed(one):
        return f"err {points(found.difference)} points from {other} ({sure}): no difference shown"
    return f"err {size} points {'less' if found.difference < 0 else 'more'} than {other} ({sure})"


def _sized(one: VoteContrast) -> str:
    """Return `0.5 points worse (95 % interval ...)`."""
    size, unit = points(abs(one.comparison.difference)), _unit(one.measure)
    worse = "worse" if one.comparison.difference > 0 else "better"
    return f"{size} {unit} {worse} ({interval_text(one.comparison.interval, min(one.comparison.n), one.over)})"


def _difference(one: VoteContrast) -> str:
    sure = interval_text(one.comparison.interval, min(one.comparison.n), one.over)
    return f"{_signed(one)}, {sure}"


def _signed(one: VoteContrast) -> str:
    return f"{points(one.comparison.difference)} {_unit(one.measure)}"


def _unit(measure: str) -> str:
    return "nats" if measure == LOSS else "points"


def _measure_name(measure: str) -> str:
    return {ERROR: "error", LOSS: _LOSS_NAME, CALIBRATION: "expected calibration error"}[measure]


def _claimed(one: VoteContrast) -> bool:
    return one.comparison.interval is not None and (_low(one) > 0 or _high(one) < 0)


def _low(one: VoteContrast) -> float:
    assert one.comparison.interval is not None
    return one.comparison.interval.low


def _high(one: VoteContrast) -> float:
    assert one.comparison.interval is not None
    return one.comparison.interval.high
