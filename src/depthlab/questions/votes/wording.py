"""Comparisons of votes in words: sizes, units, intervals."""

from depthlab.questions.votes.contrasts import CALIBRATION, ERROR, LOSS
from depthlab.questions.votes.record import VoteContrast
from depthlab.questions.wording import counted, interval_text
from depthlab.questions.wording import points as write_points

LOSS_NAME = "negative log likelihood"
POINT = "a point, no claim"
_ROUNDING = 1e-9


def points(value: float) -> str:
    """Write a difference as elsewhere; one that is rounding alone is none."""
    return write_points(value if abs(value) > _ROUNDING else 0.0)


def interval_of(one: VoteContrast) -> str:
    """Return `95 % interval 0.1 to 0.3, 5 seeds` of a contrast's difference."""
    return interval_text(one.comparison.interval, counted(min(one.comparison.n), one.over.removesuffix("s")), points)


def outcome_text(one: VoteContrast, other: str) -> str:
    """Return `err 0.5 points less than one network (95 % interval ...)`."""
    found = one.comparison
    size = points(abs(found.difference))
    if found.interval is None:
        side = "less" if found.difference < 0 else "more"
        told = f"err {size} points {side} than" if size != points(0) else "err as often as"
        return f"{told} {other}: {found.note or POINT}"
    sure = interval_of(one)
    if not claimed(one):
        return f"differ in error by {points(found.difference)} points from {other} ({sure}): no difference shown"
    return f"err {size} points {'less' if found.difference < 0 else 'more'} than {other} ({sure})"


def sized_text(one: VoteContrast) -> str:
    """Return `0.5 points worse (95 % interval ...)`."""
    size, unit = points(abs(one.comparison.difference)), _unit(one.measure)
    worse = "worse" if one.comparison.difference > 0 else "better"
    return f"{size} {unit} {worse} ({interval_of(one)})"


def bracketed(one: VoteContrast) -> str:
    """Return `0.5 points (95 % interval ...)`."""
    sure = interval_of(one)
    return f"{_signed(one)} ({sure})"


def measure_name(measure: str) -> str:
    """Return what a measure is called in a sentence."""
    return {ERROR: "error", LOSS: LOSS_NAME, CALIBRATION: "expected calibration error"}[measure]


def claimed(one: VoteContrast) -> bool:
    """Tell whether there is an interval that 0 is not in."""
    interval = one.comparison.interval
    return interval is not None and (interval.low > 0 or interval.high < 0)


def _signed(one: VoteContrast) -> str:
    return f"{points(one.comparison.difference)} {_unit(one.measure)}"


def _unit(measure: str) -> str:
    return "nats" if measure == LOSS else "points"
