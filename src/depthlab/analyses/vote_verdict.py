"""Is dropout a vote, is stochastic depth one? Told in sentences, each of which rests on an interval.

Intervals are over seeds where there are several trainings, else over draws of the one network. Each holds for itself:
that an average meets weight scaling is a difference that can't be told from none, not a proof that there is none.
"""

from collections.abc import Callable, Iterable, Sequence

from depthlab.analyses.degradation import lost_runs, points
from depthlab.analyses.vote_contrasts import (
    BY_GEOMETRIC,
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
    OVER_DRAWS,
    OVER_SEEDS,
    SNAPSHOTS,
    TWIN,
    WHOLE,
    ZEROS,
    by_network,
    curve_of,
)
from depthlab.records import Committee, FeatureContrast, Interval, RunRef, VoteContrast, VotingRun

# So many values an interval must rest on before it says where two ways to vote meet.
LEAST = {OVER_SEEDS: 3, OVER_DRAWS: 5}
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
        sentences += _geometric(contrasts, network)
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
            error, loss = (_where(_of(contrasts, voter, network, measure)) for measure in (ERROR, LOSS))
            parts.append(
                f"{MEMBERS[voter]} of {network} together come up to {WHOLE[voter]} in error {error}, in {_LOSS_NAME} "
                f"{loss}"
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

    `found` are contrasts of one network by one measure, a committee less the one pass; those that rest on too few
    seeds or committees are left out (`can_tell`), as their intervals hold whatever one likes.
    """
    met = None
    for one in sorted(filter(can_tell, found), key=lambda one: -one.members):
        if _low(one) > 0:
            break
        met = one.members
    return met


def can_tell(one: VoteContrast) -> bool:
    """Tell whether there are enough values for an interval that says something: `LEAST` seeds or committees."""
    return one.comparison.interval is not None and min(one.comparison.n) >= LEAST[one.over]


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


def _where(same: Sequence[VoteContrast]) -> str:
    known = [one for one in same if can_tell(one)]
    if not known:
        return "nobody knows where, as there are too few trainings"
    met = meeting_size(known)
    if met is None:
        return f"nowhere up to m = {max(one.members for one in known)}"
    return f"from m = {met} on"


def _meeting(found: Sequence[VoteContrast]) -> list[str]:
    """Say for each measure from where on committees meet the one pass, and how far they are from it at both ends."""
    told = []
    for measure in (ERROR, LOSS, CALIBRATION):
        same = sorted((one for one in found if one.measure == measure), key=lambda one: one.members)
        if not same:
            continue
        first, last = same[0], same[-1]
        what = f"{first.network}: in {_measure_name(measure)} the average of {MEMBERS[first.family]}"
        known = [one for one in same if can_tell(one)]
        if known:
            told.append(f"{what} {_met_sentence(known, WHOLE[first.family])}.")
            continue
        told.append(
            f"{what} at m = {last.members} differs from {WHOLE[first.family]} by {_bracketed(last)}: too few to tell "
            "where they meet."
        )
    return told


def _met_sentence(known: Sequence[VoteContrast], whole: str) -> str:
    met, last = meeting_size(known), known[-1]
    if met is None:
        return f"does not meet {whole} up to m = {last.members}: {_sized(last)}"
    worse = [one for one in known if one.members < met]
    at = next(one for one in known if one.members == met)
    text = f"meets {whole} at m = {met}: {_bracketed(at)}" if worse else f"is at no m shown worse than {whole}"
    if worse:
        text += f"; at m = {worse[-1].members} it is {_sized(worse[-1])}"
    if last.members == met and worse:
        return text
    if _high(last) < 0:
        return f"{text}; at m = {last.members} it is {_sized(last)}"
    return f"{text}; at m = {last.members} the difference is {_bracketed(last)}"


def _geometric(contrasts: Sequence[VoteContrast], network: str) -> list[str]:
    """Say how far both means are from weight scaling, which approximates the geometric one."""
    told = []
    for one in _of(contrasts, BY_GEOMETRIC, network, LOSS):
        same = (other for other in _of(contrasts, DROPOUT, network, LOSS) if other.members == one.members)
        arithmetic = next(same, None)
        if arithmetic is not None:
            told.append(
                f"{network}: at m = {one.members} the {_LOSS_NAME} of the geometric mean differs from weight scaling's "
                f"by {_bracketed(one)}, that of the arithmetic mean by {_bracketed(arithmetic)}."
            )
    return told


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
            parts.append(f"two {MEMBERS[voter]} of one training on {points(sum(values) / len(values))} %")
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


def _bracketed(one: VoteContrast) -> str:
    sure = interval_text(one.comparison.interval, min(one.comparison.n), one.over)
    return f"{_signed(one)} ({sure})"


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
