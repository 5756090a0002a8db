"""Who takes part in a sweep: its trials by their numbers, and how each stands before anything is computed."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self, final

from depthlab.records import PlannedTrial, TrialRecord, TrialState
from depthlab.sweeps.plan.trial import Trial
from depthlab.sweeps.state.earlier_runs import earlier_result
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.sweeps.state.sweep_state import SweepState
from depthlab.tracking import redact


@final
class TrialLedger:
    """Numbers trials as the sweep's ledger does, and adds what is new to it."""

    def __init__(self, folder: SweepFolder | None = None, planned: Iterable[PlannedTrial] = ()) -> None:
        self._folder = folder
        self.planned = list(planned)
        self._numbers = {trial.fingerprint: trial.index for trial in self.planned}

    @classmethod
    def read(cls, folder: SweepFolder | None) -> Self:
        """Read the ledger of a folder; without one (a dry run of a new sweep) nothing is kept."""
        return cls() if folder is None else cls(folder, folder.trials)

    def number(self, trials: Iterable[Trial], *, note: bool = True) -> list[Trial]:
        """Return the trials with their numbers; `note` writes new ones into the ledger."""
        numbered: list[Trial] = []
        new: list[PlannedTrial] = []
        for trial in trials:
            index = self._numbers.get(trial.fingerprint)
            if index is None:
                index = self._numbers[trial.fingerprint] = max(self._numbers.values(), default=-1) + 1
                new.append(PlannedTrial(index, tuple(map(redact, trial.overrides)), trial.values, trial.fingerprint))
            numbered.append(replace(trial, index=index))
        if note and self._folder is not None:
            self._folder.plan(new)
        self.planned += new
        return numbered

    def others(self, sweep_state: SweepState) -> list[TrialRecord]:
        """Return trials of earlier commands that this one does not ask for, as they stood then."""
        asked = {entry.trial.fingerprint for entry in sweep_state.entries.values()}
        record = self._folder.record if self._folder is not None else None
        left = [trial for trial in record.trials if trial.fingerprint not in asked] if record is not None else []
        # a command that was killed could not say that nothing computes them any more
        return [
            replace(trial, state=TrialState.CUT_OFF) if trial.state == TrialState.RUNNING else trial for trial in left
        ]


def load_state(trials: Iterable[Trial], root: Path, *, metric: str, since: str, pruned_counts: bool) -> SweepState:
    """Return how the trials stand by the folders of their runs under `root`."""
    sweep_state = SweepState(metric, trials)
    for index, entry in sweep_state.entries.items():
        sweep_state.change(index, **earlier_result(root, entry.trial, since=since, pruned_counts=pruned_counts))
    return sweep_state
