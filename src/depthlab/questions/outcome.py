"""What an answer says to programs: every difference beside what seeds alone change."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from depthlab.invocation import Gain
from depthlab.questions.base import Question
from depthlab.questions.decisive import Decisive, of_compared
from depthlab.records import Compared
from depthlab.statistics.significance import is_significant, looked_at


def gains_of(question: Question, record: Any) -> list[Gain]:
    """Return a gain for each effect that the verdict rests on, then for every other comparison of the record."""
    find = getattr(question.part("verdict"), "decisive", None)
    with looked_at(record.about.counted_looks if question.seeds else 1):
        decisive: list[Decisive] = [] if find is None else find(record)
        told = {id(one.comparison) for one in decisive}
        others = [one for one in of_compared(_compared(record)) if id(one.comparison) not in told]
        return [_gain(one) for one in (*decisive, *others)]


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


def _gain(one: Decisive) -> Gain:
    comparison = one.comparison
    interval, (a, _, b) = comparison.interval, one.name.partition(" less ")
    return Gain(
        measure=one.measure,
        a=a,
        b=b,
        difference=comparison.difference,
        noise=None if interval is None else (interval.high - interval.low) / 2,
        interval=interval,
        p=one.p,
        n=comparison.n,
        significant=None if one.p is None else is_significant(one.p),
        equal=one.equal,
    )
