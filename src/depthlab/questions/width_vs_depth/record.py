"""What the question of width against depth leaves: networks at equal cost, and what a doubling of each axis buys."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records import ExchangeFit, MatchedNetwork
from depthlab.records.base import Record
from depthlab.records.measured_run import MeasuredRun
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord


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
    compared: tuple[Compared, ...] = ()
    fits: tuple[ExchangeFit, ...] = ()
    front: tuple[FrontPoint, ...] = ()
    published: tuple[PublishedNetwork, ...] = ()
    published_fit: ExchangeFit | None = None
    timed_on: str = ""  # hardware of the step times, "" where none were measured
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split
