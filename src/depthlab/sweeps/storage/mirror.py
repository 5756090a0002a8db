"""Copies of run folders in a place that all machines see, so that a run outlives the machine that computes it.

The place, `sweep.storage`, is a folder or a bucket, whatever fsspec can write to. In it lies `runs/NAME/...`, the run
folders as they are; a name ends in the first 8 digits of the run's fingerprint, so one listing finds a run.
"""

import os
import shutil
import threading
import time
from pathlib import Path
from typing import final

from depthlab.sweeps.storage.storage import Storage
from depthlab.tracking import RunFolder

# In the order of copying. A reader that finds a file in the storage finds those it speaks of as well: the journal is
# at least as new as the checkpoint, and so are the best weights, whose accuracy the checkpoint knows, and the snapshots
# of steps that it is past.
_BEFORE = ("manifest.json", "projection.json", "metrics.jsonl", "system.jsonl", "checkpoints/best.ckpt")
_LAST = "checkpoints/last.ckpt"
_STATUS = "status.json"  # after everything, as it may say that the run is finished

Sign = tuple[int, int]  # tells whether a file is another than before: size, time of writing


@final
class Mirror:
    """Copies one run's folder to the storage while the run computes.

    A thread looks every few seconds for what has changed. The copy can be continued from at any instant, whatever
    died in between: the last checkpoint is pinned first, copied last, and all that it counts on is copied before it.
    What goes wrong is kept, tried again, and reported by `warning`; it never ends the run.
    """

    def __init__(self, folder: RunFolder, storage: str, *, every: float = 3.0) -> None:
        """Nothing happens before `start`.

        Args:
            folder: Of the run, locked by this process.
            storage: As `resolve_storage` returns it.
            every: Seconds between two looks at the folder.
        """
        self._folder = folder.path
        self._address = storage
        self._storage: Storage | None = None
        self._every = every
        self._copied: dict[str, Sign] = {}
        self._trouble: Exception | None = None
        self._complete = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mirror", daemon=True)

    def start(self) -> bool:
        """Copy what is there at once, then go on in the background.

        Call it before the run is shown in MLflow: then no run is known there that another machine could not continue.

        Returns:
            Whether the first copy has arrived; if not, it is tried again.
        """
        arrived = self._attempt(ending=False)
        self._thread.start()
        return arrived

    def finish(self, *, patience: float = 30.0) -> bool:
        """Copy the rest, the status last, and stop; call it when the folder does not change any more.

        Args:
            patience: Seconds to go on trying while the storage is away.

        Returns:
            Whether everything has arrived; if not, `warning` says why.
        """
        self._ending.set()
        self._thread.join()
        deadline = time.monotonic() + patience
        while not (arrived := self._attempt(ending=True)) and time.monotonic() < deadline:
            time.sleep(0.5)
        self._complete = arrived
        return arrived

    @property
    def warning(self) -> str | None:
        """What to tell a person after `finish`, in one line; None if everything has arrived."""
        if self._complete:
            return None
        reason = " ".join(str(self._trouble).split())[:200] or type(self._trouble).__name__
        return f"not all of {self._folder} is in sweep.storage={self._address} ({reason})"

    def _work(self) -> None:
        while not self._ending.wait(self._every):
            self._attempt(ending=False)

    def _attempt(self, *, ending: bool) -> bool:
        # Whatever goes wrong here must not end the training: each kind of storage has errors of its own.
        try:
            self._copy_changes(ending=ending)
            return True
        except Exception as error:
            self._trouble = error
            return False

    def _copy_changes(self, *, ending: bool) -> None:
        pinned = _pin(self._folder / _LAST)
        try:
            for name in (*_BEFORE, *self._snapshots(), *(self._products() if ending else ())):
                self._copy(name, self._folder / name)
            if pinned is not None:
                self._copy(_LAST, pinned)
            if ending or _STATUS not in self._copied:
                self._copy(_STATUS, self._folder / _STATUS)
        finally:
            if pinned is not None:
                pinned.unlink()

    def _snapshots(self) -> list[str]:
        return [f"checkpoints/{file.name}" for file in RunFolder(self._folder).snapshots]

    def _products(self) -> list[str]:
        """Return the names of all files that a run leaves at its end, the record last."""
        files = [file for file in self._folder.rglob("*") if file.is_file() and not _is_passing(file)]
        names = sorted(file.relative_to(self._folder).as_posix() for file in files)
        kept = [name for name in names if name not in (*_BEFORE, _LAST, _STATUS, "lock", "record.json")]
        return [*kept, *(("record.json",) if "record.json" in names else ())]

    def _copy(self, name: str, file: Path) -> None:
        try:
            facts = file.stat()
        except FileNotFoundError:  # not written yet
            return
        sign = (facts.st_size, facts.st_mtime_ns)
        if self._copied.get(name) == sign:
            return
        if self._storage is None:
            self._storage = Storage.open(self._address)
        self._storage.put(file, f"{self._folder.name}/{name}")
        self._copied[name] = sign


def _pin(file: Path) -> Path | None:
    """Return a second name of the file as it is now, which stays when the first one is given to a newer file."""
    pinned = file.with_name(f".{file.name}.pinned")
    pinned.unlink(missing_ok=True)
    try:
        os.link(file, pinned)
    except FileNotFoundError:
        return None
    except OSError:  # a file system without links
        shutil.copy2(file, pinned)
    return pinned


def _is_passing(file: Path) -> bool:
    return file.name.startswith(".") or file.suffix in (".tmp", ".partial", ".pinned")
