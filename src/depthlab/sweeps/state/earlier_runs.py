"""What the folders of runs know of a sweep's trials."""

from pathlib import Path
from typing import Any

from depthlab.records import RunStatus, TrialState
from depthlab.run.collected import fault_in
from depthlab.sweeps.plan.trial import Trial
from depthlab.tracking import RunFolder, SyncProgress, find_attempts, find_finished, find_interrupted


def earlier_result(root: Path, trial: Trial, *, since: str, pruned_counts: bool) -> dict[str, Any]:
    """Return what is known of a trial, by the names of `Entry`'s fields, from the runs that were made of it before."""
    finished = find_finished(root, trial.fingerprint, former=trial.former, since=since)
    if finished is not None:
        record = finished.record
        assert record is not None
        known = {"state": TrialState.FINISHED, "metrics": record.metrics, "seconds": record.seconds}
        return known | _place(finished) | {"earlier": True}
    for folder in find_attempts(root, trial.fingerprint, since=since):
        if folder.status == RunStatus.PRUNED and pruned_counts:
            return {"state": TrialState.PRUNED, "metrics": _latest(folder)} | _place(folder) | {"earlier": True}
        if folder.status == RunStatus.DIVERGED:
            why = fault_in(folder.journal.read()) | {"fault": "diverged"}
            return {"state": TrialState.DIVERGED} | why | _place(folder) | {"earlier": True}
        state = TrialState.FAILED if folder.status == RunStatus.FAILED else TrialState.CUT_OFF
        return {"state": state} | _place(folder) | {"earlier": True}
    return {}


def metric_curve(root: Path, trial: Trial, metric: str, *, since: str) -> list[list[float]]:
    """Return [epoch, metric] of the newest run of a trial, as far as it came."""
    for folder in find_attempts(root, trial.fingerprint, since=since):
        values: dict[int, float] = {}
        for line in folder.journal.read():
            if metric in line.values:
                values.setdefault(line.epoch, line.values[metric])
        return [[epoch, values[epoch]] for epoch in sorted(values)]
    return []


def mark_pruned(root: Path, trial: Trial, *, since: str) -> None:
    """See that the folder of a pruned trial's run says so.

    Its process may have ended before it could, and a run that a scheduler stops by its past alone is not even opened.
    """
    folder = find_interrupted(root, trial.fingerprint, since=since, failed=True)
    if folder is not None:
        if folder.status != RunStatus.PRUNED:
            folder.status = RunStatus.PRUNED
        folder.release()


def _latest(folder: RunFolder) -> dict[str, float]:
    """Return the metrics of the run's last whole epoch."""
    epochs = (line.values for line in reversed(folder.journal.read()) if "train/loss" in line.values)
    return next(epochs, {})


def _place(folder: RunFolder) -> dict[str, Any]:
    progress = SyncProgress.find(folder.path)
    return {"folder": folder.name, "run_id": progress.run_id if progress else None}
