"""What an answer says to programs: every difference beside what seeds alone change."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from depthlab.invocation import Gain
from depthlab.records import Compared
from depthlab.statistics.significance import is_significant


def gains_of(record: Any) -> list[Gain]:
    """Return a gain for each comparison of a record, in the record's order."""
    return [_gain(one) for one in _compared(record) if one.comparison is not None]


def verdict_of(record: Any) -> tuple[str, ...]:
    """Return the verdict, in sentences."""
    return tuple(getattr(record, "about", record).verdict)


def _compared(value: Any) -> Iterator[Compared]:
    if isinstance(value, Compared):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _compared(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _compared(one)


def _gain(one: Compared) -> Gain:
    comparison = one.comparison
    assert comparison is not None
    interval, p = comparison.interval, comparison.p if one.p_holm is None else one.p_holm
    return Gain(
        measure=one.measure,
        a=one.a,
        b=one.b,
        difference=comparison.difference,
        noise=None if interval is None else (interval.high - interval.low) / 2,
        interval=interval,
        p=p,
        n=comparison.n,
        significant=None if p is None else is_significant(p),
    )
