"""Bring run folders from the storage that all machines see to the one that goes on with them, or keeps them."""

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from depthlab.records import RunStatus, unseal
from depthlab.sweeps.storage.storage import Storage
from depthlab.tracking import RunFolder

_NAME = re.compile(r".+-([0-9a-f]{8})(?:-\d+)?")  # of a run folder: it ends in the beginning of its fingerprint
_ARRIVING = ".arriving"  # under the root of all runs; nothing in it counts as a run yet

Rank = tuple[bool, int, int]  # how far a copy of a run has come: finished, how often continued, bytes of its journal


def fetch(storage: str, root: Path, fingerprint: str) -> bool:
    """Bring the newest run of a recipe to `root`, so that it can be continued here after its machine has died.

    A copy that is here already and has come as far stays; one that has come less far is replaced.

    Args:
        storage: As `resolve_storage` returns it.
        root: The folder with all runs of this machine.
        fingerprint: Of the recipe.

    Returns:
        Whether something was brought.

    Raises:
        Exception: the storage can't be read; OSError, or what its library raises.
    """
    place = Storage.open(storage)
    name = _newest(place, _by_end(place)[fingerprint[:8]], fingerprint)
    return name is not None and _bring(place, name, root)


def fetch_all(storage: str, root: Path, fingerprints: Iterable[str]) -> list[str]:
    """Bring the newest run of each recipe to `root`, where it is found like any other; those that compute stay away.

    Returns:
        The fingerprints of which the storage has no run that has ended.

    Raises:
        Exception: the storage can't be read; OSError, or what its library raises.
    """
    place = Storage.open(storage)
    names = _by_end(place)
    missing = []
    for fingerprint in fingerprints:
        name = _newest(place, names[fingerprint[:8]], fingerprint)
        if name is not None and _is_home(root / name):
            continue
        if name is None or _status(place.read(f"{name}/status.json")) == RunStatus.RUNNING:
            missing.append(fingerprint)
        else:
            _bring(place, name, root)
    return missing


def _by_end(place: Storage) -> defaultdict[str, list[str]]:
    """Return beginning of a fingerprint -> names of its run folders, newest first."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name in reversed(place.names()):
        if match := _NAME.fullmatch(name):
            names[match[1]].append(name)
    return names


def _newest(place: Storage, names: list[str], fingerprint: str) -> str | None:
    for name in names:
        manifest = _values(place.read(f"{name}/manifest.json"))
        if fingerprint in (manifest.get("fingerprint"), manifest.get("stands_for")):
            return name
    return None


def _bring(place: Storage, name: str, root: Path) -> bool:
    home = root / name
    old = RunFolder(home)
    here = (home / "manifest.json").is_file()
    if here and (old.alive or _rank_here(home) >= _rank_there(place, name) or not old.acquire()):
        return False
    new = root / _ARRIVING / f"{name}.{os.getpid()}"
    shutil.rmtree(new, ignore_errors=True)
    try:
        place.get(name, new)
        _put_in_place(new, home)
    finally:
        old.release()
        shutil.rmtree(new, ignore_errors=True)
    return True


def _put_in_place(new: Path, home: Path) -> None:
    if home.exists():
        outdated = new.with_name(f"{new.name}.outdated")
        os.replace(home, outdated)
        os.replace(new, home)
        shutil.rmtree(outdated)
    else:
        os.replace(new, home)


def _is_home(home: Path) -> bool:
    return (home / "record.json").is_file() and _rank_here(home)[0]


def _rank_here(home: Path) -> Rank:
    status, journal = home / "status.json", home / "metrics.jsonl"
    return _rank(
        status.read_bytes() if status.is_file() else None,
        journal.read_bytes() if journal.is_file() else None,
    )


def _rank_there(place: Storage, name: str) -> Rank:
    return _rank(place.read(f"{name}/status.json"), place.read(f"{name}/metrics.jsonl"))


def _rank(status: bytes | None, journal: bytes | None) -> Rank:
    journal = journal or b""
    return _status(status) == RunStatus.FINISHED, journal.count(b'"resumed_after":'), len(journal)


def _status(status: bytes | None) -> RunStatus:
    return RunStatus(_values(status).get("status", RunStatus.RUNNING))


def _values(raw: bytes | None) -> dict[str, Any]:
    """Return what a JSON file of the storage holds, nothing where there is none; a damaged copy is of no use either."""
    try:
        return {} if raw is None else unseal(raw)
    except ValueError:
        return {}
