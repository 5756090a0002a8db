"""Find runs again: the one that was cut off, or the one that a person names."""

from collections.abc import Sequence
from pathlib import Path

from depthlab.invocation import command
from depthlab.records import Damaged, RunStatus, read_sealed
from depthlab.tracking.damage import tell_damage
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.sync_progress import SyncProgress


def find_folders(root: Path) -> list[RunFolder]:
    """Return the folders of all runs under `root`, oldest first."""
    if not root.is_dir():
        return []
    return [RunFolder(path.parent) for path in sorted(root.glob("*/manifest.json"))]


def find_interrupted(root: Path, fingerprint: str, *, since: str = "", failed: bool = False) -> RunFolder | None:
    """Return the newest run of a recipe that was cut off, locked by this process, or None if there is none.

    Cut off is a run that was killed or pruned, or that still counts as running though its process is dead. So is one
    whose record is damaged.

    Args:
        root: The folder with all runs.
        fingerprint: Of the recipe, as in its manifest.
        since: Leave out runs that are older than this; ISO 8601, UTC.
        failed: Take a run that failed as well.
    """
    unfinished = {RunStatus.RUNNING, RunStatus.KILLED, RunStatus.PRUNED} | ({RunStatus.FAILED} if failed else set())
    for folder in find_attempts(root, fingerprint, since=since):
        if folder.alive or not folder.acquire():
            continue
        # Asked only now that nobody else can change it. One that has lost its record ends once more.
        if folder.status in unfinished or (folder.status == RunStatus.FINISHED and folder.record is None):
            return folder
        folder.release()
    return None


def find_finished(root: Path, fingerprint: str, *, former: Sequence[str] = (), since: str = "") -> RunFolder | None:
    """Return the newest run of a recipe that came to its end; None if there is none. See `find_interrupted`.

    `former` are fingerprints that the recipe had in earlier versions. These did not tell runs with
    `trainer.microbatches` from others, so such runs are passed over.
    """
    for one in (fingerprint, *former):
        for folder in find_attempts(root, one, since=since):
            if folder.status != RunStatus.FINISHED or folder.record is None:
                continue
            if one == fingerprint or folder.manifest.config["trainer"].get("microbatches", 1) == 1:
                return folder
    return None


def find_unsent(root: Path, fingerprint: str, *, since: str = "") -> RunFolder | None:
    """Return the newest run of a recipe, locked by this process, if it finished and was cut off while it was sent."""
    for folder in find_attempts(root, fingerprint, since=since)[:1]:
        if folder.alive or not folder.acquire():
            continue
        progress = SyncProgress.find(folder.path)
        sending = progress is not None and not progress.complete and not progress.given_up
        if sending and folder.status == RunStatus.FINISHED and folder.record is not None:
            return folder
        folder.release()
    return None


def find_attempts(root: Path, fingerprint: str, *, since: str = "") -> list[RunFolder]:
    """Return the folders of all runs of a recipe, newest first; see `find_interrupted`.

    Folders are found by their names: reading thousands of manifests for each of thousands of trials would take hours.
    """
    short = fingerprint[:8]
    named = [path for end in (short, f"{short}-[0-9]*") for path in root.glob(f"*-{end}/manifest.json")]
    return [RunFolder(path.parent) for path in sorted(named, reverse=True) if _is_attempt(path, fingerprint, since)]


def find_run(root: Path, run: str) -> RunFolder:
    """Return the folder of a run, given its MLflow id, its folder's name or path, or the beginning of one of them.

    Raises:
        ValueError: None or several runs are meant.
    """
    if (Path(run) / "manifest.json").is_file():
        return RunFolder(Path(run))
    folders = find_folders(root)
    ids = {
        folder.name: progress.run_id for folder in folders if (progress := SyncProgress.find(folder.path)) is not None
    }
    exact = [folder for folder in folders if run and run in (folder.name, ids.get(folder.name))]
    near = [f for f in folders if run and (f.name.startswith(run) or (ids.get(f.name) or "").startswith(run))]
    found = exact or near
    if len(found) == 1:
        return found[0]
    if not folders:
        raise ValueError(f"no run {run!r}: there are no runs in {root} yet; {command('train')} makes one")
    newest = ", ".join(folder.name for folder in reversed((found or folders)[-5:]))
    if found:
        raise ValueError(f"run {run!r} could be any of {len(found)} runs; type more of its name: {newest}")
    raise ValueError(
        f"no run {run!r} in {root}: type a run's MLflow id, its folder's name or the beginning of it; "
        f"the newest are {newest}"
    )


def _is_attempt(manifest: Path, fingerprint: str, since: str) -> bool:
    # Plain JSON: quick, and a manifest of an older version does not stop a new run, nor does a damaged one.
    try:
        values = read_sealed(manifest)
    except Damaged as damaged:
        tell_damage(damaged)
        return False
    asked = values.get("stands_for") or values.get("fingerprint")
    return asked == fingerprint and str(values.get("created")) >= since
