"""The course of a sweep in numbers: a line of metrics each time that trials have ended, every step once."""

import math
from collections import Counter
from statistics import fmean, stdev
from typing import Self, final

from depthlab.records import DONE, SweepRecord, TrialState
from depthlab.sweeps.state.sweep_state import best_setting
from depthlab.tracking import Journal, JournalLine

_BEST = ("val/accuracy", "val/loss", "test/accuracy")
_COUNTED = (*DONE, TrialState.FAILED)
_RUNNING = "trials/running"


@final
class MetricsLog:
    """Keeps a journal of how many trials there are in each state, and of the best one.

    Its step is the number of trials that have ended. Where a later command tries failed trials again, it is one more
    than the last step, so that the newest line counts and none is there twice.
    """

    def __init__(self, journal: Journal, last: JournalLine | None = None) -> None:
        self._journal, self._last = journal, last
        self._ended = _count_ended(last.values) if last is not None else -1

    @classmethod
    def open(cls, journal: Journal) -> Self:
        """Go on behind the journal's last line."""
        lines = journal.read()
        return cls(journal, lines[-1] if lines else None)

    def note(self, record: SweepRecord, *, last: bool = False) -> None:
        """Write a line if trials have ended since the one before; the `last` one also if anything else has changed.

        Raises:
            OSError: The disk is full, for instance.
        """
        values = sweep_metrics(record)
        before, self._ended = self._ended, _count_ended(values)
        known = self._last.values if self._last is not None else {}
        same = {**values, _RUNNING: 0.0} == {**known, _RUNNING: 0.0}
        if (self._ended > before and not same) or (last and values != known):
            step = self._ended if self._last is None else max(self._ended, self._last.step + 1)
            self._journal.append(values, step=step, epoch=0)
            self._last = JournalLine(0, step, 0, values)


def sweep_metrics(record: SweepRecord) -> dict[str, float]:
    """Return the counts of trials, and mean, standard deviation and number of seeds of the best setting."""
    states = Counter(trial.state for trial in record.trials)
    counted = (*_COUNTED, TrialState.CUT_OFF, TrialState.RUNNING)
    values = {f"trials/{state.replace(' ', '_')}": float(states[state]) for state in counted}
    values["trials/total"] = float(len(record.trials))
    best = best_setting(record.trials, record.metric)
    for name in dict.fromkeys((record.metric, *_BEST)):
        found = [trial.metrics.get(name, math.nan) for trial in best]
        if found and all(map(math.isfinite, found)):
            values[f"best/{name}"] = fmean(found)
            if len(found) > 1:
                values[f"best/{name}_sd"] = stdev(found)
    return values | ({"best/seeds": float(len(best))} if best else {})


def _count_ended(values: dict[str, float]) -> int:
    return int(sum(values.get(f"trials/{state}", 0.0) for state in _COUNTED))
