"""Which trials of a sweep have a value to draw, and what is said of the others, so that none vanishes silently."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import final

from depthlab.records import DONE, ENDED, MEASURED, SweepRecord, TrialRecord, TrialState

_SPLITS = {"val": "validation", "test": "test", "train": "training"}
_STATES = (*ENDED, TrialState.RUNNING, TrialState.WAITING)


@final
@dataclass(frozen=True)
class Quantity:
    """A metric as it is drawn: accuracies are shown as errors in percent, everything else as it is."""

    metric: str

    @property
    def label(self) -> str:
        """What the axis is called, with its unit."""
        split, _, kind = self.metric.rpartition("/")
        if kind == "accuracy":
            return f"{_SPLITS.get(split, split)} error (%)".strip()
        if kind == "loss":
            return f"{_SPLITS.get(split, split)} loss (nats)".strip()
        return self.metric

    @property
    def less_is_better(self) -> bool:
        """Whether small values, as drawn, are the good ones."""
        return self.metric.endswith(("accuracy", "loss"))

    def value(self, trial: TrialRecord) -> float | None:
        """Return the trial's value as drawn; None if it has none, or none that is a number."""
        value = trial.metrics.get(self.metric, math.nan)
        if not math.isfinite(value):
            return None
        return 100 * (1 - value) if self.metric.endswith("accuracy") else value


@final
@dataclass(frozen=True)
class Drawn:
    """A trial with its value."""

    trial: TrialRecord
    value: float

    @property
    def pruned(self) -> bool:
        """Whether it was given up before its end: the value is its latest."""
        return self.trial.state == TrialState.PRUNED


def drawn_trials(record: SweepRecord, metric: str) -> list[Drawn]:
    """Return the trials that ended, finished or pruned, with a value of the metric, in the sweep's order."""
    quantity = Quantity(metric)
    pairs = ((trial, quantity.value(trial)) for trial in record.trials if trial.state in MEASURED)
    return [Drawn(trial, value) for trial, value in pairs if value is not None]


def broken_trials(record: SweepRecord, metric: str) -> list[TrialRecord]:
    """Return the trials that ended without a value of the metric: failed, diverged, or finished without a number."""
    has_value = {drawn.trial.index for drawn in drawn_trials(record, metric)}
    ended = [trial for trial in record.trials if trial.state in (*DONE, TrialState.FAILED)]
    return [trial for trial in ended if trial.index not in has_value]


def count_trials(record: SweepRecord, metric: str, *, noun: str = "trial") -> str:
    """Return one line that accounts for every trial: `24 trials: 21 finished, 2 diverged, 1 failed (1 timeout)`.

    `noun` is what a reader calls them: runs that were not of one sweep are not trials.
    """
    total = len(record.trials)
    if not total:
        return f"no {noun}s yet"
    states = Counter(trial.state for trial in record.trials)
    parts = []
    for state in (*_STATES, *sorted(set(states) - set(_STATES))):
        if states[state]:
            parts.append(f"{states[state]} {state}{_of_them(record, state, metric)}")
    return f"{total} {noun if total == 1 else f'{noun}s'}: {', '.join(parts)}"


def _of_them(record: SweepRecord, state: str, metric: str) -> str:
    """Return in brackets what is special about the trials in a state, "" if nothing is."""
    trials = [trial for trial in record.trials if trial.state == state]
    if state == TrialState.FAILED:
        faults = Counter(trial.fault or "unknown" for trial in trials)
        return f" ({', '.join(f'{count} {fault}' for fault, count in faults.most_common())})"
    if state in MEASURED:
        without = sum(Quantity(metric).value(trial) is None for trial in trials)
        return f" ({without} without a number)" if without else ""
    return ""
