"""What a sweep leaves: its question, its trials, and how they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from depthlab.records.base import Record
from depthlab.records.states import TrialState
from depthlab.records.statistics import Interval


@dataclass(frozen=True)
class SweepManifest(Record):
    """What a sweep asks; more values of an axis are the same question."""

    name: str  # reads: model × depth × seed
    identity: str  # 16 hexadecimal digits of all that is asked and held
    axes: tuple[str, ...]  # keys that vary, in the order in which they were typed
    held: tuple[str, ...]  # words with one value, as far as they decide what is found
    search: str  # grid, random or optuna
    started: str  # ISO 8601, UTC
    since: str = ""  # ISO 8601, UTC: runs that are older don't count, as they were to be done anew; "" counts all


@dataclass(frozen=True)
class PlannedTrial(Record):
    """A line of a sweep's ledger: a trial that it once asked for."""

    index: int  # its place in the sweep, from 0
    words: tuple[str, ...]  # what to type after `train.py` for this trial alone
    values: dict[str, Any]  # the sweep's axes -> their values in this trial
    fingerprint: str


@dataclass(frozen=True)
class FaultRecord(Record):
    """One attempt of a trial that did not come to its end."""

    fingerprint: str
    kind: str  # diverged, out of memory, mistake, exception, timeout or lost
    message: str  # one line
    attempt: int  # counted from 1 within the command
    time: str  # ISO 8601, UTC
    treatment: str  # what was done about it: given up, tried again, tried again smaller
    trace: str = ""  # where in the code, as Python tells it


@dataclass(frozen=True)
class TrialRecord(Record):
    """How one trial of a sweep stands."""

    index: int  # its place in the sweep, from 0
    name: str  # reads: resnet-56 · digits · seed 0
    words: tuple[str, ...]  # what to type after `train.py` for this trial alone
    values: dict[str, Any]  # the sweep's axes -> their values in this trial
    fingerprint: str
    state: TrialState
    folder: str | None = None  # name of the run's folder
    run_id: str | None = None  # MLflow's
    metrics: dict[str, float] = field(default_factory=dict)  # of the finished run; of a running one the latest
    seconds: float = 0.0  # of training, over all resumptions
    fault: str | None = None  # what kind of fault ended the last attempt, None if it ended well
    message: str = ""  # the fault in one line
    attempts: int = 0  # how often it was begun and broke, by faults


@dataclass(frozen=True)
class SearchChoice(Record):
    """The setting that a search chose, on validation alone. Errors are in percent."""

    values: dict[str, Any]  # the sweep's axes without the seed -> the setting
    trials: tuple[int, ...]  # its trials, by their place in the sweep
    error: float  # on validation, the mean over its seeds
    interval: Interval | None  # of that error
    over: str  # what the interval is over: images or seeds
    images: int  # of validation
    alike: int  # other settings whose validation errors can't be told from its own
    others: int  # settings that it was compared with
    left_out: int  # settings that were not compared, as runs of them did not finish
    confirm: tuple[str, ...]  # the command that trains it with new seeds


@dataclass(frozen=True)
class SweepRecord(Record):
    """Many trials that answer one question."""

    name: str  # reads: model × depth × seed
    identity: str  # of the question: axes and what is held; more values of an axis don't change it
    command: tuple[str, ...]  # the latest one, as it was typed
    axes: tuple[str, ...]  # keys that vary, in the order in which they were typed
    held: tuple[str, ...]  # words with one value
    search: str  # grid, random or optuna
    metric: str  # by which trials are compared: val/accuracy, val/loss, ...
    trials: tuple[TrialRecord, ...]
    run_id: str | None = None  # MLflow's parent run
    started: str = ""  # ISO 8601, UTC
    updated: str = ""  # ISO 8601, UTC
    searched: tuple[str, ...] = ()  # axes whose values were to be chosen from, not to be compared
    choice: SearchChoice | None = None  # None before a search is over

    @property
    def withheld(self) -> tuple[TrialRecord, ...]:
        """The trials whose test errors nobody is to see: of a search all but those that validation chose."""
        chosen = self.choice.trials if self.choice is not None else ()
        return tuple(trial for trial in self.trials if self.searched and trial.index not in chosen)

    def blinded(self) -> Self:
        """Return the record without the test errors that nobody is to see; what is shown is made of it."""
        hidden = {trial.index for trial in self.withheld}
        return replace(
            self,
            trials=tuple(
                replace(trial, metrics=without_test(trial.metrics)) if trial.index in hidden else trial
                for trial in self.trials
            ),
        )


def without_test(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return the metrics that were not measured on test images."""
    return {name: value for name, value in metrics.items() if not name.startswith("test/")}
