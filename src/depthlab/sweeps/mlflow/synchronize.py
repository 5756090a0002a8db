"""Bring the runs of sweeps in their stores up to date with the sweeps' folders."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from depthlab.records import RunStatus, SweepRecord, TrialState
from depthlab.sweeps.mlflow.sweep_run import MlflowSweepRun
from depthlab.sweeps.mlflow.trial_tags import lacking_tags
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.tracking import Lock, check_store, redact, resolve_uri
from depthlab.tracking.parent_run import ParentProgress


@final
@dataclass(frozen=True)
class SynchronizedSweep:
    """What was done about one sweep."""

    folder: str  # name of the sweep's folder
    run_id: str | None  # MLflow's
    warning: str | None  # why the store doesn't have all of it; None if it has


def synchronize_sweeps(
    root: Path, uri: str | None = None, *, report: Callable[[SynchronizedSweep], None] | None = None
) -> list[SynchronizedSweep]:
    """Send what stores lack of the sweeps, and end the runs of those whose command is dead as killed.

    Sweeps that are running are left alone. To be called after `synchronize`, which gives the trials their runs.

    Args:
        root: The folder with the folders of all sweeps.
        uri: Send to this store; by default each sweep goes to the one that it was begun for.
        report: Called after each sweep.
    """
    results = []
    for path in sorted(root.glob("*/parent.json")):
        lock = Lock(path.parent / "lock")
        if not lock.acquire():
            continue
        try:
            result = _settle(path.parent, uri)
        finally:
            lock.release()
        if result is not None:
            results.append(result)
            if report is not None:
                report(result)
    return results


def _settle(folder: Path, uri: str | None) -> SynchronizedSweep | None:
    progress = ParentProgress.find(folder)
    if progress is None:
        return SynchronizedSweep(folder.name, None, "its parent.json is damaged: the sweep's command sends all of it")
    there = SweepFolder(folder).record
    record = None if there is None else _left(there)
    wanting = record is not None and next(lacking_tags(record, progress, progress.children), None) is not None
    if progress.complete and not wanting:
        return None
    usual = resolve_uri(None)  # the address with its password, which no file holds
    target = uri or (usual if redact(usual) == progress.uri else progress.uri)
    try:
        if ":***@" in target:
            raise ValueError(f"its store {target} has a password: type tracking.uri= and the whole address")
        check_store(target)
    except ValueError as error:
        return SynchronizedSweep(folder.name, progress.run_id, str(error))
    parent = MlflowSweepRun.reopen(folder, target)
    parent.start()
    status = progress.status or RunStatus.KILLED
    return SynchronizedSweep(folder.name, parent.run_id, parent.finish(status, record))


def _left(record: SweepRecord) -> SweepRecord:
    """Return how the sweep stands now that its command has ended: what was running then was cut off."""
    trials = (
        replace(trial, state=TrialState.CUT_OFF) if trial.state == TrialState.RUNNING else trial
        for trial in record.trials
    )
    return replace(record, trials=tuple(trials)).blinded()
