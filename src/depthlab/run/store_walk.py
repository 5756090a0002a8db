"""Walk a store of runs and sweeps, tell what is not whole, and mend it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from depthlab.records import Damaged, RunStatus, read_sealed, unseal, write_atomically
from depthlab.tracking import RunFolder, set_aside
from depthlab.tracking.leftovers import find_leftovers
from depthlab.tracking.store_comparison import compare_with_stores
from depthlab.training import zip_damage

# without these a finished run is not finished
_ESSENTIAL = ("record.json", "metrics.jsonl", "checkpoints/final.ckpt", "checkpoints/best.ckpt")


def inspect_store(root: Path, *, repair: bool) -> Iterator[str]:
    """Yield a line for each thing that is not whole in the store of which `root` holds the runs; mend it on the way.

    What is mended: damaged files go aside, and a finished run that lost what it needs counts as cut off, so that its
    command ends it once more; leftovers of dead processes are deleted; what MLflow lacks is marked as unsent, for
    `synchronize` to send. Runs that are computing now are left alone.
    """
    for path in sorted(find_leftovers(root)):
        yield f"{path}: left by a process that died{_delete(path) if repair else ''}"
    for path in sorted(root.parent.glob("sweeps/*")):
        for file, reason in _damaged(path):
            yield f"{file}: damaged ({reason}){_mend(file) if repair else ''}"
    for place in sorted(root.glob("*")):
        folder = RunFolder(place)
        if place.name.startswith(".") or not place.is_dir() or folder.alive:
            continue
        damaged = dict(_damaged(place))
        for file, reason in damaged.items():
            yield f"{file}: damaged ({reason}){_mend(file) if repair else ''}"
        yield from _lost(folder, damaged, repair=repair)
    yield from compare_with_stores(root, repair=repair)


def _damaged(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each damaged file under a folder, and what is wrong with it."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".")):
        reason = _damage(file)
        if reason is not None:
            yield file, reason


def _damage(file: Path) -> str | None:
    if file.suffix in (".ckpt", ".npz"):
        return zip_damage(file)
    try:
        if file.suffix == ".json":
            read_sealed(file)
        elif file.suffix == ".jsonl":
            for line in file.read_bytes().split(b"\n")[:-1]:
                unseal(line)
    except Damaged as damaged:
        return damaged.reason
    except ValueError as error:
        return f"a line: {error}"
    return None


def _mend(file: Path) -> str:
    """Set a file aside; one of lines keeps those that are whole."""
    lines = [line for line in file.read_bytes().split(b"\n")[:-1] if _is_whole(line)] if file.suffix == ".jsonl" else []
    aside = set_aside(file)
    if lines:
        write_atomically(file, b"\n".join(lines) + b"\n")
    return f": set aside as {aside.name}"


def _is_whole(line: bytes) -> bool:
    try:
        unseal(line)
    except ValueError:
        return False
    return True


def _delete(path: Path) -> str:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return ": deleted"


def _lost(folder: RunFolder, damaged: dict[Path, str], *, repair: bool) -> Iterator[str]:
    """Tell of a run that counts as finished, and has not all that such a run has."""
    if not (folder.path / "manifest.json").is_file() or folder.status != RunStatus.FINISHED:
        return
    files = [folder.path / name for name in _ESSENTIAL]
    gone = [file.name for file in files if file in damaged or not file.is_file()]
    if gone:
        if repair and folder.acquire():
            folder.status = RunStatus.KILLED
            folder.release()
        mended = ": it counts as cut off now, and its command ends it once more" if repair else ""
        yield f"{folder.path}: counts as finished, and has lost {', '.join(gone)}{mended}"
