"""Which runs in the store are trials of a sweep, and how they are tagged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.records import SweepRecord, TrialRecord, TrialState, without_test
from depthlab.tracking import RunFolder, SyncProgress, fault_tags, find_attempts, sweep_tags
from depthlab.tracking.parent_run import ParentProgress, digest


@final
@dataclass(frozen=True)
class LackingTags:
    """What the store lacks of a trial's own run."""

    run_id: str  # MLflow's
    tags: dict[str, str]
    tested: RunFolder | None  # of the run, where its test errors are to be shown
    mark: str  # differs where any of it does


def lacking_tags(record: SweepRecord, progress: ParentProgress, sent: Mapping[str, str]) -> Iterator[LackingTags]:
    """Yield the trials' runs that lack tags, or may lack test errors that were withheld before.

    Args:
        record: How the sweep stands, without test errors that are not to be shown.
        progress: Of the sweep's own run, which has an id.
        sent: MLflow's id of a run -> the mark of what it has.
    """
    for trial in record.trials:
        run_id = _run_of(trial, progress)
        if run_id is None:
            continue
        tags = sweep_tags(progress.identity, progress.run_id, trial.index)
        tags |= fault_tags(trial.fault, trial.message, trial.attempts)
        shown = trial.folder is not None and without_test(trial.metrics) != trial.metrics
        mark = digest([tags, shown] if shown else tags)
        if sent.get(run_id) != mark:
            yield LackingTags(run_id, tags, RunFolder(Path(progress.runs) / str(trial.folder)) if shown else None, mark)


def _run_of(trial: TrialRecord, progress: ParentProgress) -> str | None:
    """Return MLflow's id of a trial's run; None while the store has given none."""
    if trial.folder in progress.copies:
        return progress.copies[trial.folder]
    if trial.run_id is not None or trial.state in (TrialState.WAITING, TrialState.RUNNING):
        return trial.run_id
    runs = Path(progress.runs)
    if trial.folder is not None:
        folders = [runs / trial.folder]
    else:  # it broke, or was stopped: its newest attempt since the sweep began
        folders = [found.path for found in find_attempts(runs, trial.fingerprint, since=progress.begun)]
    for folder in folders:
        found = SyncProgress.find(folder)
        if found is not None:
            return found.run_id
    return None
