"""How a sweep stands: every trial's state, as events tell it."""

import math
import time
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any, final

from depthlab.records import DONE, TrialRecord, TrialState
from depthlab.sweeps.plan.searched import SEED
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


def best_setting(trials: Iterable[TrialRecord], metric: str) -> list[TrialRecord]:
    """Return the finished trials, one a seed, of the setting that is best on average; settings with fewer don't count.

    Empty where no trial has finished with a number.
    """
    settings: dict[str, list[TrialRecord]] = {}
    for trial in trials:
        if trial.state == TrialState.FINISHED and math.isfinite(trial.metrics.get(metric, math.nan)):
            setting = [value for axis, value in trial.values.items() if axis != SEED]
            settings.setdefault(repr(setting), []).append(trial)
    most = max(map(len, settings.values()), default=0)
    full = [seeds for seeds in settings.values() if len(seeds) == most]
    return max(full, key=lambda seeds: fmean(goodness(metric, trial.metrics) for trial in seeds), default=[])


def goodness(metric: str, metrics: Mapping[str, float]) -> float:
    """Return the metric with the sign that makes more better; a loss is better when it is less."""
    return -metrics[metric] if metric.endswith("loss") else metrics[metric]
