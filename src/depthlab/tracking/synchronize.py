"""Bring stores up to date with the run folders: send what is missing, end what died."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.records import Damaged, RunStatus, redact
from depthlab.tracking.address import check_store, resolve_uri
from depthlab.tracking.find import find_folders
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.mlflow_sync import MlflowSync, sync_progress

_SLOW = 3600.0  # seconds that a slow store gets for one run, as nobody waits for anything else


@final
@dataclass(frozen=True)
class Synchronized:
    """What was done about one run."""

    folder: str  # name of the run's folder
    status: RunStatus
    reaped: bool  # it counted as running, and its process was dead
    run_id: str | None  # MLflow's
    warning: str | None  # why the store doesn't have all of it; None if it has


def synchronize(
    root: Path,
    uri: str | None = None,
    *,
    only: Collection[str] | None = None,
    report: Callable[[Synchronized], None] | None = None,
) -> list[Synchronized]:
    """Send every run that its store doesn't have in full, and end those whose process is dead as killed.

    Runs that are computing now are left alone; those that were never to be in a store (tracking=none) are not sent.
    Doing it again changes nothing.

    Args:
        root: The folder with all runs.
        uri: Send to this store; by default each run goes to the one it was begun for.
        only: Names of folders, all others are left alone.
        report: Called after each run.

    Raises:
        ValueError: `uri` can't be reached; one line.
    """
    if uri is not None:
        uri = resolve_uri(uri)
        check_store(uri)
    troubles: dict[str, str | None] = {}  # store -> why it can't be used, None if it can
    results: list[Synchronized] = []
    for folder in find_folders(root) if only is None else [RunFolder(root / name) for name in only]:
        try:
            if not _is_wanting(folder) or folder.alive or not folder.acquire():
                continue
            results.append(_settle(folder, uri, troubles))
        except Damaged as damaged:
            results.append(Synchronized(folder.name, folder.status, False, None, str(damaged)))
        finally:
            folder.release()
        if report is not None:
            report(results[-1])
    return results


def _is_wanting(folder: RunFolder) -> bool:
    progress = sync_progress(folder)
    return folder.status == RunStatus.RUNNING or (progress is not None and not progress.complete)


def _settle(folder: RunFolder, uri: str | None, troubles: dict[str, str | None]) -> Synchronized:
    # Read again, as another process may have settled it before the lock was ours.
    status, ended, progress = folder.status, folder.last_sign, sync_progress(folder)
    reaped = status == RunStatus.RUNNING
    if status == RunStatus.RUNNING:
        folder.status = status = RunStatus.KILLED
    if progress is None or (progress.complete and not reaped):
        return Synchronized(folder.name, status, reaped, progress.run_id if progress else None, None)
    target = uri or _full_address(progress.uri)
    if target not in troubles:
        troubles[target] = _trouble(target)
    if troubles[target] is not None:
        return Synchronized(folder.name, status, reaped, progress.run_id, troubles[target])
    mlflow_sync = MlflowSync.open(folder, uri=target, experiment=progress.experiment, system_metrics=False)
    mlflow_sync.start()
    mlflow_sync.finish(status, ended=ended, slow=_SLOW)
    return Synchronized(folder.name, status, reaped, mlflow_sync.run_id, mlflow_sync.warning)


def _trouble(uri: str) -> str | None:
    if ":***@" in uri:
        return f"its store {uri} has a password: type tracking.uri= and the whole address"
    try:
        check_store(uri)
    except ValueError as error:
        return str(error)
    return None


def _full_address(uri: str) -> str:
    """Return the address with its password, which no file holds, if the environment has it."""
    usual = resolve_uri(None)
    return usual if redact(usual) == uri else uri
