"""What the question of width against depth leaves: networks at equal cost, and what a doubling of each axis buys."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records.base import Record
from depthlab.records.degradation import MeasuredRun
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord
from depthlab.records.statistics import Interval, Ratio


@dataclass(frozen=True)
class MatchedNetwork(Record):
    """A network whose cost is the nearest to a budget along one axis; `cost` and `budget` in the unit of the match."""

    network: str  # reads: resnet-14 width 2, or resnext-11 8x4d
    family: str
    axis: str  # along which it was found: depth, width or cardinality; base for a family's first network
    words: tuple[str, ...]  # that choose it
    values: dict[str, float]  # depth, width and cardinality, as far as the family has them
    budget: float
    cost: float
    mismatch: float  # of the cost, in percent of the budget
    parameters: int
    multiply_adds: int
    step_seconds: float | None = None  # of one training step, where that was measured


@dataclass(frozen=True)
class Exchange(Record):
    """What a doubling along one axis buys: changes of an error in points, so that negative ones are gains."""

    axis: str
    points: float  # by a doubling of the axis
    cost_factor: float  # by what a doubling of the axis multiplies the cost
    per_cost: float | None  # by a doubling of the cost along the axis; None where the cost does not grow with it
    interval: Interval | None = None  # of `points`
    per_cost_interval: Interval | None = None
    p: float | None = None  # that the error does not change with the axis


@dataclass(frozen=True)
class RateContrast(Record):
    """What a doubling of the cost buys along one axis, less what it buys along another."""

    a: str
    b: str
    difference: float  # points; negative if `a` buys more
    interval: Interval | None = None
    p: float | None = None
    p_holm: float | None = None  # corrected over the fit's contrasts


@dataclass(frozen=True)
class RateRatio(Record):
    """How many doublings of one axis a doubling of another is worth: the quotient of the changes they make."""

    a: str
    b: str
    doublings: Ratio  # of `b` that a doubling of `a` is worth
    per_cost: Ratio | None = None  # doublings of the cost along `b` that one along `a` is worth


@dataclass(frozen=True)
class ExchangeFit(Record):
    """An error in percent as a sum of a family's own level and of slopes along the logarithms of the axes."""

    measure: str  # test error or training error
    runs: int
    networks: int
    exchanges: tuple[Exchange, ...] = ()
    contrasts: tuple[RateContrast, ...] = ()
    ratios: tuple[RateRatio, ...] = ()  # of each two axes, both ways
    levels: dict[str, float] = field(default_factory=dict)  # family -> error where all logarithms are zero
    std: float | None = None  # of the residuals
    df: int = 0  # degrees of freedom of intervals
    lack_of_fit: float | None = None  # p that networks lie off the lines by no more than seeds differ
    notes: tuple[str, ...] = ()  # what speaks against the numbers


@dataclass(frozen=True)
class FrontPoint(Record):
    """How one network stands in cost and mean error."""

    network: str
    measure: str
    cost: float
    error: float  # mean over seeds, in percent
    on_front: bool
    share: float  # of bootstrap draws over seeds in which it is on the front


@dataclass(frozen=True)
class PublishedNetwork(Record):
    """A published test error with the network's size."""

    figure: PublishedFigure
    family: str
    values: dict[str, float]
    parameters: float


@dataclass(frozen=True)
class WidthVsDepthRecord(Record):
    """Depth, width and cardinality at equal cost."""

    about: QuestionRecord
    match: str  # parameters, multiply_adds or time
    networks: tuple[MatchedNetwork, ...]
    measured: tuple[MeasuredRun, ...]
    compared: tuple[Compared, ...]
    fits: tuple[ExchangeFit, ...]
    front: tuple[FrontPoint, ...]
    published: tuple[PublishedNetwork, ...] = ()
    published_fit: ExchangeFit | None = None
    timed_on: str = ""  # hardware of the step times, "" where none were measured
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split
