"""What an analysis of variance leaves: its table, and effects with their intervals."""

from dataclasses import dataclass
from typing import Any

from depthlab.records.base import Record
from depthlab.records.statistics import Interval


@dataclass(frozen=True)
class FactorialAxis(Record):
    """What varies, with its levels in their order."""

    name: str  # reads: depth
    levels: tuple[Any, ...]


@dataclass(frozen=True)
class AnovaTerm(Record):
    """A row of the table: a main effect or an interaction."""

    axes: tuple[str, ...]  # one for a main effect, two for an interaction
    df: int  # 0 where the runs can't tell this term from the others
    squares: float  # sum of squares, type II
    f: float | None = None  # None where there is no test
    p: float | None = None
    p_holm: float | None = None  # corrected over the terms of the table
    eta: float | None = None  # partial eta squared: the term's share of itself and the residual


@dataclass(frozen=True)
class Anova(Record):
    """An analysis of variance of one measure over the cells of a factorial."""

    measure: str  # reads: test error
    unit: str  # of the measure: points, nats
    terms: tuple[AnovaTerm, ...]
    residual_df: int
    residual_squares: float
    total_squares: float  # around the mean of all runs
    runs: int
    cells: int  # of the full factorial
    empty: int  # of them without a run
    fewest: int  # runs in a cell that has some
    most: int
    note: str = ""  # why there is no test, "" if there is one

    @property
    def balanced(self) -> bool:
        """Whether every cell has as many runs, so that no term is mixed with another."""
        return not self.empty and self.fewest == self.most


@dataclass(frozen=True)
class Change(Record):
    """How much a measure changes from the first level of an axis to the second one.

    `at` says where: at one level of another axis, or nowhere in particular, the mean over all cells. With `less` it is
    the difference between two such effects, an interaction.
    """

    measure: str
    axis: str
    at: dict[str, Any]
    less: dict[str, Any]
    difference: float | None  # None where the runs can't tell it
    interval: Interval | None = None
    p: float | None = None  # of this contrast alone
    p_holm: float | None = None  # corrected over the contrasts of its family
