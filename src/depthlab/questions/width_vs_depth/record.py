"""What the question of width against depth leaves: networks at equal cost, and what a doubling of each axis buys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from depthlab.records import ExchangeFit, MatchedNetwork
from depthlab.records.base import Record
from depthlab.records.measured_run import MeasuredRun
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord

COSTS = ("parameters", "multiply-adds", "time of a step")
FAR = 5.0  # percent, beyond which two costs are told not to be equal

Pair = tuple[MatchedNetwork, MatchedNetwork]


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


def matched_pairs(networks: Sequence[MatchedNetwork]) -> list[Pair]:
    """Return each two networks that were found for one budget along different axes, that of the later axis first."""
    found = {(one.budget, one.network): one for one in reversed(networks) if one.axis != "base"}
    pairs = combinations(reversed(found.values()), 2)
    return [(later, earlier) for earlier, later in pairs if earlier.budget == later.budget]


def cost_differences(pair: Pair) -> dict[str, float]:
    """Return by how many percent the first network costs more than the second, in each unit that both are known in."""
    ours, theirs = (one.costs for one in pair)
    return {cost: 100 * (ours[cost] / theirs[cost] - 1) for cost in COSTS if cost in ours and cost in theirs}
