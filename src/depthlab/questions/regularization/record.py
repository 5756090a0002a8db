"""What the question of regularization leaves: a factorial of runs, and what each factor changes."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records import Calibration
from depthlab.records.base import Record
from depthlab.records.factorial import Change, FactorialAxis, FailureComparison
from depthlab.records.measured_run import MeasuredRun
from depthlab.records.questions import PublishedFigure, QuestionRecord

TEST, GAP, TRAINING, CALIBRATION, LOSS = "test error", "gap", "training error", "calibration error", "test loss"
UNITS = {TEST: "points", GAP: "points", TRAINING: "points", CALIBRATION: "points", LOSS: "nats"}


@dataclass(frozen=True)
class Factor(Record):
    """A regularizer with its two levels."""

    name: str  # reads: weight_decay
    key: str  # on the command line; of a family's own it has a dot: model.batch_norm
    off: Any
    on: Any
    source: str = ""  # where the strength comes from

    @property
    def shares_weights(self) -> bool:
        """Whether networks of one seed at both levels begin with the same weights; a key of a family changes them."""
        return "." not in self.key


@dataclass(frozen=True)
class FactorialRun(Record):
    """A finished run with its place in the factorial."""

    run: MeasuredRun
    levels: dict[str, Any]  # axis of the factorial -> level
    calibration: Calibration | None = None  # None where its weights or images are no longer available


@dataclass(frozen=True)
class PublishedEffect(Record):
    """What the literature reports of a network without a regularizer, and with it."""

    factor: str
    strength: str  # as the paper has it
    without: PublishedFigure
    with_it: PublishedFigure


@dataclass(frozen=True)
class RegularizationRecord(Record):
    """What does each regularizer change, and does that depend on depth and width?"""

    about: QuestionRecord
    factors: tuple[Factor, ...]
    axes: tuple[FactorialAxis, ...]  # of the factorial, those of the factors first
    measured: tuple[FactorialRun, ...]
    effects: tuple[Change, ...] = ()
    failures: tuple[FailureComparison, ...] = ()  # of each factor at its second level and at its first
    published: tuple[PublishedEffect, ...] = ()
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split
