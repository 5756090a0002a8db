"""Bring stores up to date with the run folders: send what is missing, end what died."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from depthlab.tracking.address import check_store, redact, resolve_uri
from depthlab.tracking.find import find_folders
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.progress import Progress
from depthlab.tracking.projection import Projection


@dataclass(frozen=True)
class Synchronized:
    """What was done about one run."""

    folder: str  # name of the run's folder
    status: str  # finished, failed or killed
    reaped: bool  # it counted as running, and its process was dead
    run_id: str | None  # MLflow's
    warning: str | None  # why the store doesn't have all of it; None if it has


def synchronize(
    root: Path, uri: str | None = None, *, report: Callable[[Synchronized], None] | None = None
) -> list[Synchronized]:
    """Send every run that no store has in full, and end those whose process is dead as killed.

    Runs that are computing now, or that were never to be in a store (tracking=none), are left alone.

    Args:
        root: The folder with all runs.
        uri: Send to this store; by default each run goes to the one it was begun for.
        report: Called after each run.

    Raises:
        ValueError: The store can't be reached; one line.
    """
    results: list[Synchronized] = []
    approved: set[str] = set()
    for folder in find_folders(root):
        progress = Progress.find(folder.path)
        waiting = progress is not None and not progress.complete
        if not (waiting or folder.status == "running") or folder.alive or not folder.acquire():
            continue
        try:
            target = _target(progress, uri) if waiting and progress is not None else None
            if target is not None and target not in approved:
                check_store(target)
                approved.add(target)
            result = _settle(folder, target, progress.experiment if progress is not None else "")
        finally:
            folder.release()
        results.append(result)
        if report is not None:
            report(result)
    return results


def _settle(folder: RunFolder, uri: str | None, experiment: str) -> Synchronized:
    status = folder.status
    reaped = status == "running"
    if status == "running":
        folder.status = status = "killed"
    if uri is None:
        return Synchronized(folder.name, status, reaped, None, None)
    progress = Progress.find(folder.path)
    files = dict(progress.artifacts) if progress is not None else {}
    if not files:
        files = {"manifest.json": str(folder.path / "manifest.json")}
    projection = Projection(folder, uri=uri, experiment=experiment, system_metrics=False)
    projection.start()
    projection.finish(status, {name: Path(file) for name, file in files.items()})
    return Synchronized(folder.name, status, reaped, projection.run_id, projection.warning)


def _target(progress: Progress, uri: str | None) -> str:
    """Return the full address: the state of a run holds it without its password."""
    if uri is not None:
        return resolve_uri(uri)
    usual = resolve_uri(None)
    if redact(usual) == progress.uri:
        return usual
    if ":***@" in progress.uri:
        raise ValueError(f"a run was begun for {progress.uri}: type uri= and that address with its password")
    return progress.uri
