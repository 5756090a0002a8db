"""What statistics leave: intervals, summaries of a sample, comparisons of two and the size of an effect."""

from dataclasses import dataclass

from depthlab.records.base import Record


@dataclass(frozen=True)
class Interval(Record):
    """A confidence interval, in the units of what it is about."""

    low: float
    high: float
    level: float = 0.95  # the share of such intervals that hold the true value


@dataclass(frozen=True)
class Summary(Record):
    """A sample of n values, such as one metric over seeds, in the units of the values."""

    n: int
    mean: float
    median: float
    low: float  # the smallest value
    high: float  # the largest value
    std: float | None = None  # of the sample, with n - 1 below; None with one value
    sem: float | None = None  # standard error of the mean, std / sqrt(n); None with one value
    interval: Interval | None = None  # Student's, of the mean; None with one value


@dataclass(frozen=True)
class Effect(Record):
    """A difference of means in standard deviations."""

    kind: str  # Cohen's d, Hedges' g or paired dz
    value: float
    interval: Interval | None = None  # by the noncentral t; None where nothing spreads or t is beyond 100


@dataclass(frozen=True)
class Ratio(Record):
    """A quotient of two estimates, and which quotients no test refutes.

    Where what is below is not clear of zero there is no interval: what is kept is all numbers but those strictly within
    `excluded`, or all numbers if that is None as well.
    """

    value: float | None  # None where what is below is zero
    clear: bool | None = None  # whether what is below is clear of zero; None where nothing tells
    interval: Interval | None = None
    excluded: Interval | None = None


@dataclass(frozen=True)
class Trend(Record):
    """Whether values rise along ordered groups, by the order of all values alone."""

    n: tuple[int, ...]  # values of each group
    statistic: float  # pairs in which the later group's value is larger, ties one half
    probability: float  # that of two runs of different groups the later group's value is larger
    p: float  # two-sided
    least_p: float  # the smallest that groups of these sizes can have
    method: str  # exact, or how many random arrangements


@dataclass(frozen=True)
class Equivalence(Record):
    """Whether a difference is shown to be smaller than a margin (two one-sided tests)."""

    margin: float  # in the units of the difference
    p: float | None  # the larger of the two one-sided ones; None where nothing could be tested
    interval: Interval | None  # of the difference, at 1 - 2 alpha: within the margin where p is below alpha


@dataclass(frozen=True)
class Comparison(Record):
    """The mean of a less the mean of b, or another contrast of means, and what a test says of it.

    Without a test (method "none") the difference is a point and no claim can be made; `note` says why.
    """

    difference: float
    n: tuple[int, ...]  # values of a and of b, or of each cell
    method: str  # paired t, welch, contrast, crossed or none
    interval: Interval | None = None  # of the difference
    p: float | None = None  # two-sided; not corrected for other comparisons
    effect: float | None = None  # in standard deviations, as effect_kind says
    effect_kind: str = ""  # Hedges' g, paired dz or ""
    t: float | None = None  # the test's statistic; None where nothing spreads
    df: float | None = None  # its degrees of freedom
    note: str = ""  # why there is no test, "" if there is one
    parts: tuple[float, ...] = ()  # variance of the difference that each of `n` adds; one number for pairs
