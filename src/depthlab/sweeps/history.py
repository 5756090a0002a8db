"""What the folders of runs know of a sweep's trials."""

from pathlib import Path
from typing import Any

from depthlab.sweeps.trials import Trial
from depthlab.tracking import Progress, RunFolder, find_attempts, find_finished


def known_of(root: Path, trial: Trial, *, since: str, pruned_counts: bool) -> dict[str, Any]:
    """Return what is known of a trial, by the names of `Entry`'s fields, from the runs that were made of it before."""
    finished = find_finished(root, trial.fingerprint, since=since)
    if finished is not None:
        record = finished.record
        assert record is not None
        known = {"state": "finished", "metrics": record.metrics, "seconds": record.seconds}
        return known | _place(finished) | {"earlier": True}
    for folder in find_attempts(root, trial.fingerprint, since=since):
        pruned = folder.status == "pruned" and pruned_counts
        return _place(folder) | ({"state": "pruned", "earlier": True} if pruned else {})
    return {}


def curve_of(root: Path, trial: Trial, metric: str, *, since: str) -> list[list[float]]:
    """Return [epoch, metric] of the newest run of a trial, as far as it came."""
    for folder in find_attempts(root, trial.fingerprint, since=since):
        values: dict[int, float] = {}
        for line in folder.journal.read():
            if metric in line.values:
                values.setdefault(line.epoch, line.values[metric])
        return [[epoch, values[epoch]] for epoch in sorted(values)]
    return []


def _place(folder: RunFolder) -> dict[str, Any]:
    progress = Progress.find(folder.path)
    return {"folder": folder.name, "run_id": progress.run_id if progress else None}
