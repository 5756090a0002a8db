"""Runs as they are found, in whatever state, when somebody asks what there is."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records.base import Record
from depthlab.records.states import TrialState


@dataclass(frozen=True)
class FoundRun(Record):
    """One run, of which not everything may be known."""

    name: str  # reads: resnet-56 · digits · seed 0
    fingerprint: str
    state: TrialState
    created: str  # ISO 8601, UTC
    axes: dict[str, Any]
    settings: dict[str, Any]  # dotted key -> value, of all that decides a result; the axes alone of a store's run
    metrics: dict[str, float] = field(default_factory=dict)  # of a run that has not finished the latest
    curves: dict[str, list[list[float]]] = field(default_factory=dict)  # metric -> [[epoch, value], ...]
    fault: str | None = None  # what kind of fault ended it, as far as it is known
    message: str = ""  # the fault in one line
    folder: str | None = None  # name of its folder, None where only a store has it
    run_id: str | None = None  # MLflow's
    seconds: float | None = None  # of training
    resumptions: int = 0
    commit: str | None = None
    diff: str | None = None  # uncommitted changes, "" for none, None where it is not known what they are
    changed: bool = False  # whether there are any
    source: str = ""  # sha256 of the code that computes, "" where it was not noted
    python: str = ""
    versions: dict[str, str] = field(default_factory=dict)  # installed distribution -> version
    hardware: str = ""  # processor or GPU, threads and precision
    data: str = ""  # sha256 of the images
    images: int = 0  # of the smallest split, which limits the digits of errors; 0 where it is not known
    test_note: str = ""  # what to say of test images that the set doesn't call so
    stands_for: str = ""  # fingerprint of what was asked, where memory ran out and batches were computed in more parts

    @property
    def asked(self) -> str:
        """The fingerprint by which a sweep knows the run."""
        return self.stands_for or self.fingerprint


@dataclass(frozen=True)
class RunsFound(Record):
    """All runs that a question was about, and what has to be known of how they were found."""

    query: str  # as it was typed; "" for all
    place: str  # where they were looked for, in words
    runs: tuple[FoundRun, ...]  # oldest first
    unread: tuple[str, ...] = ()  # one line for each folder that can't be read
    notes: tuple[str, ...] = ()  # one line for each thing that else would be missing silently
    withheld: tuple[str, ...] = ()  # fingerprints of runs whose test errors a search is not to see
    search: tuple[str, ...] = ()  # what the search found that the question is about, in lines
