"""Which runs in the store are trials of a sweep, and how they are tagged."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from depthlab.records import SweepRecord, TrialRecord, TrialState
from depthlab.tracking import SyncProgress, fault_tags, find_attempts, sweep_tags
from depthlab.tracking.parent_run import ParentProgress, digest


def lacking_tags(
    record: SweepRecord, progress: ParentProgress, sent: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield MLflow's ids of trials' runs with the tags that they lack.

    Args:
        record: How the sweep stands.
        progress: Of the sweep's own run, which has an id.
        sent: MLflow's id of a run -> digest of the tags that it has.
    """
    for trial in record.trials:
        run_id = _run_of(trial, progress)
        if run_id is None:
            continue
        tags = sweep_tags(progress.identity, progress.run_id, trial.index)
        tags |= fault_tags(trial.fault, trial.message, trial.attempts)
        if sent.get(run_id) != digest(tags):
            yield run_id, tags


def _run_of(trial: TrialRecord, progress: ParentProgress) -> str | None:
    """Return MLflow's id of a trial's run; None while the store has given none."""
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
