"""A run's folder: its manifest, metrics, checkpoints, record, and a lock that tells whether it lives."""

import json
import os
import re
import shutil
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self, final

from depthlab.records import Damaged, Manifest, RunRecord, RunStatus, read_sealed, seal, write_atomically
from depthlab.tracking.damage import tell_damage
from depthlab.tracking.journal import Journal
from depthlab.tracking.lock import Lock

RUNS_ROOT = Path("mlruns/runs")  # where run folders go unless a person says otherwise


@final
class RunFolder:
    """What is true about one run, on disk.

    ========================  =====================================================================
    `manifest.json`           everything needed to repeat the run, written before its first step
    `metrics.jsonl`           metrics by step and epoch (`journal`)
    `system.jsonl`            load of the machine, sampled every few seconds (`system`)
    `checkpoints/`            what to continue from, and the one before, and the weights that were kept
    `status.json`             running, finished, failed, killed, or pruned (given up as others did better)
    `record.json`             what the run found
    `predictions.npz`         its predictions of validation and test images (`read_predictions`), where it keeps them
    `projection.json`         how much of it an MLflow store has
    `lock`                    held by the process that runs it, free when that process is dead
    ========================  =====================================================================
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.journal = Journal(self.path / "metrics.jsonl")
        self.system = Journal(self.path / "system.jsonl")
        self.checkpoints = self.path / "checkpoints"
        self._lock = Lock(self.path / "lock")

    @classmethod
    def create(cls, root: Path, manifest: Manifest) -> Self:
        """Make a new folder under `root`, locked by this process, with status "running".

        Its name is sortable and reads: `20261123-031502-resnet-56-digits-seed-0-1a2b3c4d`.

        Raises:
            OSError: The folder can't be made or written.
        """
        root.mkdir(parents=True, exist_ok=True)
        created = datetime.fromisoformat(manifest.created).astimezone(UTC)
        words = "-".join(re.findall(r"[a-z0-9.]+", manifest.name.lower()))[:80]
        name = f"{created:%Y%m%d-%H%M%S}-{words}-{manifest.asked[:8]}"
        folder = cls(_make_new(root, name))
        taken = folder.acquire()
        assert taken, f"{folder.path} is new, and locked by someone else"
        try:
            folder.checkpoints.mkdir()
            folder.status = RunStatus.RUNNING
            # Last, as a folder counts as a run from the moment it has a manifest.
            manifest.save(folder.path / "manifest.json")
        except OSError:
            folder.release()
            shutil.rmtree(folder.path)
            raise
        return folder

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the folder of an earlier run, without its lock.

        Raises:
            ValueError: There is no run in `path`.
        """
        if not (path / "manifest.json").is_file():
            raise ValueError(f"{path} is not the folder of a run: it has no manifest.json")
        return cls(path)

    @property
    def name(self) -> str:
        """The folder's name, which tells it from every other run under its root."""
        return self.path.name

    @property
    def snapshots(self) -> list[Path]:
        """The weights that were kept on the way, such as at the ends of a schedule's cycles, the earliest first."""
        return sorted(self.checkpoints.glob("snapshot-*.ckpt"))

    @property
    def artifacts(self) -> dict[str, Path]:
        """The files that an MLflow store keeps of the run: path in the store -> file, as far as they are there."""
        names = ("manifest.json", "record.json", "predictions.npz", "checkpoints/best.ckpt", "checkpoints/final.ckpt")
        files = {name: self.path / name for name in names}
        files |= {f"checkpoints/{file.name}": file for file in self.snapshots}
        files |= {f"figures/{file.name}": file for file in self.path.glob("*.png")}
        return {name: file for name, file in files.items() if file.is_file()}

    @cached_property
    def manifest(self) -> Manifest:
        """What is needed to repeat the run."""
        return Manifest.read(self.path / "manifest.json")

    def replace_manifest(self, manifest: Manifest) -> None:
        """Write another manifest, of a run that goes on with other settings than it began with."""
        manifest.save(self.path / "manifest.json")
        self.__dict__["manifest"] = manifest

    @property
    def status(self) -> RunStatus:
        """How the run stands; "running" is what its process last wrote, so ask `alive` too.

        Where the file is missing or damaged, the run has finished if its record is whole, and was cut off otherwise.
        """
        try:
            return RunStatus(read_sealed(self.path / "status.json")["status"])
        except (FileNotFoundError, KeyError, ValueError) as error:
            damaged = error if isinstance(error, Damaged) else Damaged(self.path / "status.json", error)
            tell_damage(damaged)
            return RunStatus.RUNNING if self.record is None else RunStatus.FINISHED

    @status.setter
    def status(self, status: RunStatus) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = json.dumps({"status": RunStatus(status), "since": now, "process": os.getpid()}, indent=2)
        write_atomically(self.path / "status.json", seal(text))

    @property
    def record(self) -> RunRecord | None:
        """What the run found; None while it has not come to its end, or where the file is damaged."""
        path = self.path / "record.json"
        try:
            return RunRecord.read(path) if path.is_file() else None
        except Damaged as damaged:
            tell_damage(damaged)
            return None

    @record.setter
    def record(self, record: RunRecord) -> None:
        record.save(self.path / "record.json")

    @property
    def alive(self) -> bool:
        """Whether another process is running it."""
        return self._lock.held_elsewhere()

    @property
    def last_sign(self) -> float:
        """When the run last wrote a metric or its status, in seconds since 1970."""
        files = (self.journal.path, self.system.path, self.path / "status.json")
        return max(file.stat().st_mtime for file in files if file.exists())

    def acquire(self) -> bool:
        """Take the folder's lock, so that no other process continues or reaps this run; False if one holds it."""
        return self._lock.acquire()

    def release(self) -> None:
        """Close the journals and give the lock back."""
        self.journal.close()
        self.system.close()
        self._lock.release()


def _make_new(root: Path, name: str) -> Path:
    path = root / name
    copies = 1
    while True:
        try:
            path.mkdir()
            return path
        except FileExistsError:  # another run of the same recipe began in the same second
            copies += 1
            path = root / f"{name}-{copies}"
