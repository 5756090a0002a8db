"""The record of feature reuse: how strongly each layer uses each earlier one, and the verdict."""

from dataclasses import dataclass

from depthlab.records.base import Record
from depthlab.records.questions import QuestionRecord
from depthlab.records.statistics import Comparison, Interval, Summary

INPUT = "input"  # the source that is a block's input
WEIGHT, SCALED, SHARE = "weight", "scaled weight", "share"  # measures


@dataclass(frozen=True)
class ReuseMap(Record):
    """How strongly targets read sources within one block; a row a source, a column a target, in the forward order."""

    measure: str  # weight, scaled weight or share
    block: int  # from 1, in the forward order
    sources: tuple[str, ...]  # the block's input, and its units by number
    targets: tuple[str, ...]  # its units by number, and what follows the block: transition or classifier
    values: tuple[tuple[float | None, ...], ...]  # None where a target stands before a source, or at it


@dataclass(frozen=True)
class ReuseRun(Record):
    """A finished run and its maps."""

    fingerprint: str
    network: str  # reads: densenet-40
    seed: int
    test_error: float  # percent
    maps: tuple[ReuseMap, ...]  # of the final weights
    initial: tuple[ReuseMap, ...] = ()  # of the weights before training
    note: str = ""  # why there is no map, "" where there is one


@dataclass(frozen=True)
class ReuseSummary(Record):
    """One number of a network's maps over its seeds; ratios are summarized by their binary logarithm."""

    network: str
    measure: str  # weight, scaled weight or share
    name: str  # spread, distance, input or end: see depthlab.questions.reuse.summary
    final: Summary
    initial: Summary | None = None  # the same of the weights before training
    change: Comparison | None = None  # final less initial, run by run
    quotient: Comparison | None = None  # a quotient's binary logarithm against 0; None for the spread
    p_holm: float | None = None  # of the change of a spread, or of a quotient, over all of the same measure

    @property
    def interval(self) -> Interval | None:
        """The interval of the number: of a quotient that which its claim rests on, at the family's level."""
        return self.final.interval if self.quotient is None else self.quotient.interval


@dataclass(frozen=True)
class ReuseRecord(Record):
    """Feature reuse: which layer uses which earlier one?"""

    about: QuestionRecord
    runs: tuple[ReuseRun, ...]
    summaries: tuple[ReuseSummary, ...]
    images: int = 0  # test images on which shares were measured
