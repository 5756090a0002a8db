"""What the question of degradation leaves: errors by depth, measures of layers, and what was said of them."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records import MeasuredRun
from depthlab.records.base import Record
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord


@dataclass(frozen=True)
class Score(Record):
    """How one value of a tuned axis did on validation."""

    value: Any
    mean: float | None  # of the metric over the seeds; None where no run finished
    loss: float | None  # mean validation loss, which decides between equals
    finished: int
    lost: int  # failed, diverged or missing


@dataclass(frozen=True)
class Choice(Record):
    """What was chosen for one network."""

    network: str  # reads: plain-56
    held: Any  # what it would have had
    chosen: Any  # what it was held at, where no run finished
    at_edge: bool  # the best of the values is the smallest or the largest: a wider grid may hold a better one
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class Tuning(Record):
    """An axis that was chosen on validation for each network."""

    key: str
    values: tuple[Any, ...]
    seeds: tuple[int, ...]  # of the runs that chose
    metric: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Condition(Record):
    """A set of runs that a verdict is about: one value of everything that is held, or one chosen for each network."""

    name: str  # held or tuned
    members: tuple[str, ...]  # fingerprints of the runs, however they ended
    compared: tuple[Compared, ...] = ()
    headline: str = ""  # the answer in a few words
    verdict: tuple[str, ...] = ()


@dataclass(frozen=True)
class DegradationRecord(Record):
    """Does the training error rise with depth?"""

    about: QuestionRecord
    measured: tuple[MeasuredRun, ...]
    conditions: tuple[Condition, ...]  # the first one's verdict is the answer
    tuning: Tuning | None = None
    published: tuple[PublishedFigure, ...] = ()
    response_images: int = 0  # training images that responses were measured on
    gradient_batches: int = 0  # training batches that gradients were measured on
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split: train, validation, test
