"""How a sweep stands: every trial's state, as events tell it."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, final

from depthlab.records import DONE, TrialState
from depthlab.sweeps.plan.trial import Entry, Trial


@final
class SweepState:
    """The trials of a sweep by their place; the driver alone changes it; the display and MLflow read it."""

    def __init__(self, metric: str, trials: Iterable[Trial] = ()) -> None:
        self.metric = metric
        self.began = time.time()
        self.entries: dict[int, Entry] = {}
        for trial in trials:
            self.add(trial)

    def add(self, trial: Trial) -> Entry:
        """Take a trial in, waiting; return its entry."""
        return self.entries.setdefault(trial.index, Entry(trial))

    def start(self, index: int) -> None:
        """Note that a machine has begun to compute a trial, again perhaps."""
        entry = self.entries[index]
        entry.state, entry.began = TrialState.RUNNING, time.time()

    def change(self, index: int, **news: Any) -> None:
        """Note what is known of a trial now, by the names of `Entry`'s fields."""
        entry = self.entries[index]
        for name, value in news.items():
            assert name in Entry.__dataclass_fields__, f"a trial has no {name}"
            setattr(entry, name, value)

    def in_state(self, *states: TrialState) -> list[Entry]:
        """Return the entries in one of the states, in their order."""
        return [entry for entry in self.entries.values() if entry.state in states]

    @property
    def missing(self) -> list[Entry]:
        """The trials that the sweep still asks for."""
        return [entry for entry in self.entries.values() if entry.state not in DONE]

    @property
    def best(self) -> Entry | None:
        """The finished trial that is best by the sweep's metric; None while there is none."""
        finished = [entry for entry in self.in_state(TrialState.FINISHED) if self.metric in entry.metrics]
        return max(finished, key=lambda entry: goodness(self.metric, entry.metrics), default=None)


def goodness(metric: str, metrics: Mapping[str, float]) -> float:
    """Return the metric with the sign that makes more better; a loss is better when it is less."""
    return -metrics[metric] if metric.endswith("loss") else metrics[metric]
