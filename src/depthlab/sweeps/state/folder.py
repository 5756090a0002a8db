"""A sweep's folder: what it asks, every trial that it ever planned, and the faults that it met."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeVar, final

from depthlab.records import Damaged, FaultRecord, PlannedTrial, Record, SweepManifest, SweepRecord, seal, unseal
from depthlab.tracking import Lock, tell_damage

Line = TypeVar("Line", bound=Record)


def sweeps_root(runs: Path) -> Path:
    """Return the folder that holds the folders of sweeps, beside that of runs."""
    return runs.parent / "sweeps"


@final
class SweepFolder:
    """What is true about one sweep, beside the folders of its runs.

    ===============  ==============================================================================
    `sweep.json`     what it asks: axes, what is held, how it is searched
    `trials.jsonl`   every trial that was ever planned, a line each
    `faults.jsonl`   every attempt that broke, a line each
    `record.json`    how all of its trials stand; `trials.csv` is the same as a table
    `parent.json`    how much of it an MLflow store has
    `lock`           held by the command that runs it, free when that process is dead
    ===============  ==============================================================================
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock = Lock(self.path / "lock")

    @classmethod
    def find(cls, root: Path, identity: str) -> Self | None:
        """Return the newest folder of a sweep; None if it was never begun."""
        begun = []
        for path in root.glob(f"*-{identity[:8]}*/sweep.json"):
            try:
                manifest = SweepManifest.read(path)
            except Damaged as damaged:  # a new folder finds the same runs
                tell_damage(damaged)
                continue
            if manifest.identity == identity:
                begun.append((manifest.started, _copy(path.parent), path.parent))
        return cls(max(begun)[-1]) if begun else None

    @classmethod
    def create(cls, root: Path, manifest: SweepManifest) -> Self:
        """Make a new folder under `root`, `model-depth-seed-1a2b3c4d`, with a number behind it if that is taken."""
        readable = "-".join(re.findall(r"[a-z0-9_.]+", manifest.name.lower()))[:60]
        name = f"{readable}-{manifest.identity[:8]}"
        path, copies = root / name, 1
        while (path / "sweep.json").exists():
            copies += 1
            path = root / f"{name}-{copies}"
        path.mkdir(parents=True, exist_ok=True)
        manifest.save(path / "sweep.json")
        return cls(path)

    @property
    def manifest(self) -> SweepManifest:
        """What the sweep asks."""
        return SweepManifest.read(self.path / "sweep.json")

    @property
    def trials(self) -> list[PlannedTrial]:
        """Every trial that was ever planned, in the order of their places."""
        return list(_read(self.path / "trials.jsonl", PlannedTrial))

    @property
    def faults(self) -> list[FaultRecord]:
        """Every attempt that broke, in the order in which they did. Raises `Damaged`."""
        return list(_read(self.path / "faults.jsonl", FaultRecord, strict=True))

    @property
    def record(self) -> SweepRecord | None:
        """How its trials stood when that was last written down; None where the file is damaged."""
        path = self.path / "record.json"
        try:
            return SweepRecord.read(path) if path.is_file() else None
        except Damaged as damaged:  # the runs' own folders tell the same
            tell_damage(damaged)
            return None

    @record.setter
    def record(self, record: SweepRecord) -> None:
        record.save(self.path / "record.json")

    def plan(self, trials: Iterable[PlannedTrial]) -> None:
        """Add lines to the ledger."""
        _append(self.path / "trials.jsonl", trials)

    def note_fault(self, fault: FaultRecord) -> None:
        """Add a fault."""
        _append(self.path / "faults.jsonl", [fault])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the sweep, so that no other command runs it at the same time.

        Raises:
            ValueError: one does.
        """
        if not self._lock.acquire(patience=10.0):  # one that was killed a moment ago may not be gone yet
            raise ValueError(
                f"this sweep is running already, in another process: wait for it, or stop it; its folder is {self.path}"
            )
        try:
            yield
        finally:
            self._lock.release()


def _copy(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdigit() and len(number) < 8 else 1


def _read(path: Path, kind: type[Line], *, strict: bool = False) -> Iterator[Line]:
    if not path.is_file():
        return
    for place, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):  # the last one may be torn by a sudden end
        try:
            yield kind.from_dict(unseal(line))
        except (KeyError, TypeError, ValueError) as error:
            damaged = Damaged(path, error, where=f" in line {place}")
            if strict:
                raise damaged from error
            tell_damage(damaged)  # the line is left out


def _append(path: Path, lines: Iterable[Record]) -> None:
    text = "".join(seal(json.dumps(json.loads(line.to_json()), ensure_ascii=False)) for line in lines)
    if not text:
        return
    with path.open("ab+") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
