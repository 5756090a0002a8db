"""What the question of kinds leaves: one skeleton with each kind of a part, at equal cost, and how kinds compare."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records.base import Record
from depthlab.records.factorial import FailureComparison
from depthlab.records.measured_run import MeasuredRun
from depthlab.records.questions import Compared, QuestionRecord


@dataclass(frozen=True)
class VariantNetwork(Record):
    """The skeleton with one kind in one slot, at the width whose cost is nearest to that of the skeleton itself."""

    network: str  # reads: activation=gelu, or resnet-8 for the skeleton itself
    slot: str  # convolution, pool, activation, normalization; "" for the skeleton
    kind: str
    words: tuple[str, ...]
    width: float
    budget: float  # the skeleton's cost
    cost: float
    mismatch: float  # of the cost, in percent of the budget
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class KernelsRecord(Record):
    """Kinds of parts at equal cost."""

    about: QuestionRecord
    match: str  # parameters or multiply_adds
    networks: tuple[VariantNetwork, ...]  # the skeleton first
    measured: tuple[MeasuredRun, ...]
    compared: tuple[Compared, ...] = ()  # each kind less the skeleton; a family for each slot and measure
    failures: tuple[FailureComparison, ...] = ()  # of each kind and the skeleton
    same: tuple[str, ...] = ()  # kinds that are the skeleton's own, which have no network beside it
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split
