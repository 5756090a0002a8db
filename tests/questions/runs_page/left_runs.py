"""Folders of runs in every state that one can be left in, made of one run that was trained."""

import json
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from depthlab.records import FaultRecord, RunStatus, SweepManifest, read_sealed
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.tracking import RunFolder

NAN = '{"time":2000,"step":7,"epoch":1,"values":{"train/step_loss":NaN}}\n'
EPOCH = '{"time":1000,"step":4,"epoch":1,"values":{"train/loss":2.0,"train/accuracy":0.2,"val/accuracy":0.3}}\n'


@dataclass(frozen=True)
class LeftRuns:
    """A root with runs; `trained` is what they are copies of."""

    root: Path
    trained: RunFolder

    def leave(
        self,
        name: str,
        *,
        status: RunStatus = "finished",
        axes: dict[str, Any] | None = None,
        metrics: dict[str, float] | None = None,
        environment: dict[str, Any] | None = None,
        journal: str | None = None,
        **manifest: Any,
    ) -> RunFolder:
        """Leave a run that differs from the trained one in what is given; it has a fingerprint of its own."""
        path = Path(shutil.copytree(self.trained.path, self.root / name))
        (path / "projection.json").unlink()  # no store has it
        own = {"name": name, "fingerprint": sha256(name.encode()).hexdigest()[:16]} | manifest
        own["axes"] = self.trained.manifest.axes | (axes or {})
        own["environment"] = self.trained.manifest.environment.to_dict() | {"diff": ""} | (environment or {})
        _edit(path / "manifest.json", own)
        folder = RunFolder.open(path)
        folder.status = status
        if status == "finished":
            record = json.loads((path / "record.json").read_text())
            _edit(path / "record.json", {"metrics": record["metrics"] | (metrics or {})})
        else:
            (path / "record.json").unlink()
            (path / "metrics.jsonl").write_text(EPOCH if journal is None else journal)
        return folder

    def leave_sweep(self, name: str, *faults: FaultRecord) -> SweepFolder:
        """Leave a sweep's folder with its faults."""
        manifest = SweepManifest("depth × seed", name * 4, ("depth",), (), "grid", "2026-01-01T00:00:00+00:00")
        folder = SweepFolder.create(self.root.parent / "sweeps", manifest)
        for fault in faults:
            folder.note_fault(fault)
        return folder


def _edit(path: Path, changes: dict[str, Any]) -> None:
    path.write_text(json.dumps(read_sealed(path) | changes))
