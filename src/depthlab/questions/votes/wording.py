"""Comparisons of votes in words: sizes, units, intervals, and what they show."""

from depthlab.questions.votes.record import CALIBRATION, ERROR, LOSS, VoteContrast
from depthlab.questions.wording import counted, interval_text
from depthlab.questions.wording import points as write_points
from depthlab.statistics import is_significant

NAMES = {ERROR: "error", LOSS: "negative log likelihood", CALIBRATION: "calibration error beyond chance"}
NO_TEST = "no test"
_ROUNDING = 1e-9


def points(value: float) -> str:
    """Write a difference as elsewhere; one that is rounding alone is 0."""
    return write_points(value if abs(value) > _ROUNDING else 0.0)


def outcome_text(one: VoteContrast, other: str) -> str:
    """Return `err 0.5 points less than one network (95 % interval ...)`, or that no difference is shown."""
    found = one.comparison
    if not is_significant(one.p_holm) and found.interval is not None:
        return f"differ in error from {other} by {_size(one)} ({sure_text(one)}): {unshown_text(one.p_holm)}"
    size, side = points(abs(found.difference)), "less" if found.difference < 0 else "more"
    told = f"err {size} points {side} than {other}" if size != points(0) else f"err as often as {other}"
    return f"{told} ({sure_text(one)})" if found.interval is not None else f"{told}: {found.note or NO_TEST}"


def difference_text(one: VoteContrast) -> str:
    """Return `is 0.03 nats above that of weight scaling (95 % interval ...)`, or that no difference is shown."""
    found, other = one.comparison, f"that of {one.b}"
    if found.interval is None:
        return f"differs from {other} by {_size(one)}: {found.note or NO_TEST}"
    if not is_significant(one.p_holm):
        return f"differs from {other} by {_size(one)} ({sure_text(one)}): {unshown_text(one.p_holm)}"
    side = "below" if found.difference < 0 else "above"
    return f"is {points(abs(found.difference))} {_unit(one.measure)} {side} {other} ({sure_text(one)})"


def equivalence_text(one: VoteContrast) -> str:
    """Return `0.1 points at m = 20, 90 % interval -0.1 to 0.3`, with the interval that decides on equivalence."""
    text = f"{points(one.comparison.difference)} points at m = {one.members}"
    test = one.equivalence
    return text if test is None or test.interval is None else f"{text}, {interval_text(test.interval, '', points)}"


def unshown_text(p: float | None) -> str:
    """Return `no difference shown`, with the corrected p-value."""
    return "no difference shown" if p is None else f"no difference shown (p = {p:.2g} after Holm's correction)"


def sure_text(one: VoteContrast) -> str:
    """Return `95 % interval 0.1 to 0.3, 5 seeds` of a difference."""
    return interval_text(one.comparison.interval, counted(min(one.comparison.n), "seed"), points)


def _size(one: VoteContrast) -> str:
    return f"{points(one.comparison.difference)} {_unit(one.measure)}"


def _unit(measure: str) -> str:
    return "nats" if measure == LOSS else "points"
