"""What a factorial leaves: its axes, what changes along them with how sure that is, and how runs fail along them."""

from dataclasses import dataclass
from typing import Any, Self

from depthlab.records.base import Record
from depthlab.records.statistics import Comparison, Interval


@dataclass(frozen=True)
class FactorialAxis(Record):
    """What varies, with its levels in their order."""

    name: str  # reads: depth
    levels: tuple[Any, ...]


@dataclass(frozen=True)
class Change(Record):
    """How much a measure changes from the first level of an axis to the last one.

    `at` says where: at one level of another axis, or nowhere in particular, the mean over all cells. With `less` it is
    the difference between two such effects, an interaction.
    """

    measure: str
    axis: str
    at: dict[str, Any]
    less: dict[str, Any]
    comparison: Comparison | None = None  # None where the runs can't tell it
    p_holm: float | None = None  # corrected over the changes of its family
    left_out: int = 0  # combinations of the other axes that are not in it, as they lack runs
    combinations: int = 0  # of them in all; 0 where it was not noted

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build the record; earlier ones had the numbers of an analysis of variance beside each other."""
        if "comparison" not in values and values.get("difference") is not None:
            pooled = {key: values.get(key) for key in ("difference", "interval", "p")}
            values = {**values, "comparison": {**pooled, "n": (), "method": "analysis of variance"}}
        return super().from_dict(values)

    @property
    def difference(self) -> float | None:
        """The change, in the units of the measure."""
        return None if self.comparison is None else self.comparison.difference

    @property
    def interval(self) -> Interval | None:
        """The interval of the change; None without a test."""
        return None if self.comparison is None else self.comparison.interval

    @property
    def p(self) -> float | None:
        """The p-value of this change alone."""
        return None if self.comparison is None else self.comparison.p


@dataclass(frozen=True)
class FailureComparison(Record):
    """How many runs diverged on two sides, of those that diverged or came to their end."""

    a: str  # reads: dropout 0.3
    b: str
    diverged_a: int
    runs_a: int
    diverged_b: int
    runs_b: int
    p: float  # Fisher's exact test, two-sided
    p_holm: float | None = None  # corrected over all sides that are compared
