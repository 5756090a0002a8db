"""The rule by which every question makes claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ALPHA = 0.05  # a claim is made where its p, corrected over its family, is below it
LEVEL = 1 - ALPHA  # of the intervals that are told beside claims, after one look at the runs

_looks: ContextVar[int] = ContextVar("looks", default=1)


def is_significant(p: float | None) -> bool:
    """Whether a (corrected) p-value allows a claim; None, where nothing could be tested, allows none."""
    return p is not None and p < claim_level()


def claim_level() -> float:
    """Return the p below which a claim is made: `ALPHA`, divided by the looks that were taken at growing runs."""
    return ALPHA / _looks.get()


def told_level() -> float:
    """Return the level of the intervals that are told beside claims, so that they agree: `LEVEL` after one look."""
    return 1 - claim_level()


@contextmanager
def looked_at(times: int) -> Iterator[None]:
    """Within this, claims hold though runs were added and looked at again, `times` in all (Bonferroni)."""
    token = _looks.set(times)
    try:
        yield
    finally:
        _looks.reset(token)
