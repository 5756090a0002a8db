"""What an answered question leaves: which runs it rests on, what was compared, and what was said of it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from depthlab.records.base import Record
from depthlab.records.states import TrialState
from depthlab.records.statistics import Comparison


@dataclass(frozen=True)
class RunRef(Record):
    """A run that a question asked for, however it ended."""

    name: str  # reads: resnet-56 · digits · seed 0
    group: str  # the network as the question names it, for all seeds: resnet-56
    series: str  # what it is compared within: resnet
    place: float  # where it stands in its series: its depth, its cost
    state: TrialState
    values: dict[str, Any]  # the question's axes -> their values in this run
    fingerprint: str
    words: tuple[str, ...]  # what to type after `train.py` for this run alone
    folder: str | None = None  # name of the run's folder
    run_id: str | None = None  # MLflow's
    fault: str | None = None  # what kind of fault ended it, None if it ended well
    message: str = ""  # the fault in one line
    hardware: str = ""  # processor or GPU, threads and precision
    commit: str | None = None  # of the code that computed it
    parts: int = 1  # in which batches were computed because memory ran out; 1 where they were computed as asked for


@dataclass(frozen=True)
class Compared(Record):
    """Two groups of runs, compared by one number each; means and difference in percent, or as `measure` says."""

    family: str  # comparisons that are corrected together
    measure: str  # reads: training error
    series: str  # that of `a`
    a: str  # reads: plain-56
    b: str
    mean_a: float | None  # None where no run finished
    mean_b: float | None
    comparison: Comparison | None = None  # None where a side has no value
    p_holm: float | None = None  # corrected over the family
    enough: str = ""  # how far so many seeds tell the difference, how many it takes, and what to type


@dataclass(frozen=True)
class PublishedFigure(Record):
    """An error that the literature reports of a network, in percent."""

    id: str
    network: str  # reads: resnet-56
    dataset: str  # as it is published: a plus is for padded crops and flips
    split: str  # train or test
    error: float
    relation: str  # =, or < and > for bounds, ≈ for what was read off a curve
    std: float | None
    runs: int | None  # None where the paper does not say
    where: str  # paper and table
    source: str  # paper, authors, quoted, reproduction or unverified
    recipe: str  # how it was trained, "" where that is not known
    notes: str


@dataclass(frozen=True)
class Look(Record):
    """A time at which a question was answered, with the runs that there were then."""

    question: str
    date: str  # ISO 8601, UTC
    finished: tuple[str, ...]  # fingerprints of the runs
    seeds: tuple[int, int]  # of the network with the fewest, and with the most
    until: float | None = None  # points at which seeds are no longer added; None where a person decided


@dataclass(frozen=True)
class QuestionRecord(Record):
    """What every answer has: what was typed, when, with what, over which runs, and the verdict in words."""

    question: str  # degradation, ...
    command: tuple[str, ...]
    date: str  # ISO 8601, UTC
    sweep: str  # identity of the sweep
    sweep_run: str | None  # MLflow's id of the sweep's own run
    axes: tuple[str, ...]
    held: dict[str, Any]  # axes of study that do not vary -> their value
    hardware: tuple[str, ...]  # each that computed some of the runs
    commits: tuple[str, ...]  # likewise
    versions: dict[str, str]  # of the libraries that decide numbers, as they are now
    runs: tuple[RunRef, ...] = ()
    left_out: tuple[str, ...] = ()  # impossible combinations, each with its reason
    verdict: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()  # at the same sweep, this one included
    until: str = ""  # what became of `until=`, in a sentence
    chosen: tuple[str, ...] = ()  # at what each network was trained where several values were typed, in sentences

    @property
    def counted_looks(self) -> int:
        """How many looks may have decided to go on: those of one `until=` in a row stop on width, and count as one."""
        more = sum(a.until is None or a.until != b.until for a, b in pairwise(self.looks))
        return 1 + more
