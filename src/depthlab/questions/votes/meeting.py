"""Where ensembles of sampled networks meet the one pass that stands for all of them.

That they meet is a difference that can't be told from none, not a proof that there is none; intervals hold each for
itself.
"""

from collections.abc import Iterable, Sequence

from depthlab.questions.votes.contrasts import CALIBRATION, ERROR, LOSS, MEMBERS, OVER_DRAWS, OVER_SEEDS, WHOLE
from depthlab.questions.votes.record import VoteContrast
from depthlab.questions.votes.wording import bracketed, measure_name, sized_text

# So many values an interval must rest on before it says where two ways to vote meet.
LEAST = {OVER_SEEDS: 3, OVER_DRAWS: 5}


def meeting_size(found: Iterable[VoteContrast]) -> int | None:
    """Return from how many members on ensembles are not shown to be worse than the one pass; None if never.

    `found` are contrasts of one network by one measure, an ensemble less the one pass; those that rest on too few
    seeds or ensembles are left out (`can_tell`), as their intervals hold whatever one likes.
    """
    met = None
    for one in sorted(filter(can_tell, found), key=lambda one: -one.members):
        if _low(one) > 0:
            break
        met = one.members
    return met


def can_tell(one: VoteContrast) -> bool:
    """Tell whether there are enough values for an interval that says something: `LEAST` seeds or ensembles."""
    return one.comparison.interval is not None and min(one.comparison.n) >= LEAST[one.over]


def meeting_place(same: Sequence[VoteContrast]) -> str | None:
    """Return `from m = 5 on` or `nowhere up to m = 100`; None where there are too few values to tell."""
    known = [one for one in same if can_tell(one)]
    if not known:
        return None
    met = meeting_size(known)
    if met is None:
        return f"nowhere up to m = {max(one.members for one in known)}"
    return f"from m = {met} on"


def meeting_sentences(found: Sequence[VoteContrast]) -> list[str]:
    """Say for each measure from where on ensembles meet the one pass, and how far they are from it at both ends."""
    told = []
    for measure in (ERROR, LOSS, CALIBRATION):
        same = sorted((one for one in found if one.measure == measure), key=lambda one: one.members)
        if not same:
            continue
        first, last = same[0], same[-1]
        what = f"{first.network}: in {measure_name(measure)} the average of {MEMBERS[first.family]}"
        known = [one for one in same if can_tell(one)]
        if known:
            told.append(f"{what} {_met_sentence(known, WHOLE[first.family])}.")
            continue
        told.append(
            f"{what} at m = {last.members} differs from {WHOLE[first.family]} by {bracketed(last)}: too few to tell "
            "where they meet."
        )
    return told


def _met_sentence(known: Sequence[VoteContrast], whole: str) -> str:
    met, last = meeting_size(known), known[-1]
    if met is None:
        return f"does not meet {whole} up to m = {last.members}: {sized_text(last)}"
    worse = [one for one in known if one.members < met]
    at = next(one for one in known if one.members == met)
    text = f"meets {whole} at m = {met}: {bracketed(at)}" if worse else f"is at no m shown worse than {whole}"
    if worse:
        text += f"; at m = {worse[-1].members} it is {sized_text(worse[-1])}"
    if last.members == met and worse:
        return text
    if _high(last) < 0:
        return f"{text}; at m = {last.members} it is {sized_text(last)}"
    return f"{text}; at m = {last.members} the difference is {bracketed(last)}"


def _low(one: VoteContrast) -> float:
    assert one.comparison.interval is not None
    return one.comparison.interval.low


def _high(one: VoteContrast) -> float:
    assert one.comparison.interval is not None
    return one.comparison.interval.high
