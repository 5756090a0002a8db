"""All runs under a folder, whatever their state, as records to report on."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from depthlab.recipe import Recipe
from depthlab.records import FaultRecord, FoundRun, Manifest, RunRecord, RunStatus, TrialState
from depthlab.tracking import JournalLine, RunFolder, SyncProgress

CURVES = ("train/loss", "train/accuracy", "val/loss", "val/accuracy")

Faults = Mapping[str, FaultRecord]


def collect_runs(
    folders: Iterable[RunFolder], faults: Faults = MappingProxyType({}), *, tell_unread: Callable[[str], None]
) -> Iterator[FoundRun]:
    """Yield the run of each folder, without the metrics of those that have not finished.

    Args:
        folders: Of runs.
        faults: For a fingerprint, its latest fault, as far as a sweep noted it.
        tell_unread: Gets a line for each folder that can't be read.
    """
    for folder in folders:
        try:
            yield _found(folder, faults)
        # ValueError is that of JSON too. A folder may be of another version, half deleted, or damaged by hand.
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            tell_unread(f"{folder.name} can't be read ({type(error).__name__}: {' '.join(str(error).split())[:120]})")


def with_journal(run: FoundRun, root: Path) -> FoundRun:
    """Return a run that has not finished with what its journal knows: its latest metrics, its curves, its fault."""
    if run.state == TrialState.FINISHED or run.folder is None:
        return run
    journal = RunFolder(root / run.folder).journal
    try:
        lines = journal.read()
    except ValueError as error:
        return replace(run, fault=run.fault or "damaged", message=run.message or " ".join(str(error).split()))
    metrics: dict[str, float] = {}
    curves: dict[str, list[list[float]]] = {}
    for line in lines:
        metrics |= line.values
        for name in CURVES:
            if name in line.values:
                curves.setdefault(name, []).append([line.epoch, line.values[name]])
    seconds = (lines[-1].time - lines[0].time) / 1000 if lines else None
    changes: dict[str, Any] = {"metrics": metrics, "curves": curves, "seconds": seconds}
    if run.state in (TrialState.FAILED, TrialState.DIVERGED) and run.fault is None:
        changes |= fault_in(lines)
    return replace(run, **changes, resumptions=journal.resumptions)


def _found(folder: RunFolder, faults: Faults) -> FoundRun:
    manifest = folder.manifest
    environment = manifest.environment
    state = _state(folder)
    record = folder.record if state == TrialState.FINISHED else None
    if state == TrialState.FINISHED and record is None:
        raise ValueError("it counts as finished, and has no record.json")
    progress = SyncProgress.find(folder.path)
    fault = (
        faults.get(manifest.fingerprint)
        if state in (TrialState.FAILED, TrialState.DIVERGED, TrialState.CUT_OFF)
        else None
    )
    if fault is not None and _moment(fault.time) < _moment(manifest.created):
        fault = None  # of an earlier attempt
    return FoundRun(
        name=manifest.name,
        fingerprint=manifest.fingerprint,
        state=state,
        created=manifest.created,
        axes=manifest.axes,
        settings=_settings(manifest),
        metrics=record.metrics if record else {},
        curves=record.curves if record else {},
        fault=fault.kind if fault else None,
        message=fault.message if fault else "",
        folder=folder.name,
        run_id=progress.run_id if progress else None,
        seconds=record.seconds if record else None,
        resumptions=record.resumptions if record else 0,
        commit=environment.commit,
        diff=environment.diff,
        changed=bool(environment.diff),
        source=manifest.source,
        python=environment.python,
        versions=environment.versions,
        hardware=_hardware(manifest, record),
        data=manifest.dataset.checksum,
        images=min(manifest.dataset.train_size, manifest.dataset.validation_size, manifest.dataset.test_size),
        test_note=manifest.dataset.test_note,
        stands_for=manifest.stands_for,
    )


def _state(folder: RunFolder) -> TrialState:
    status = folder.status
    return TrialState.RUNNING if status == RunStatus.RUNNING and folder.alive else status.state


def _settings(manifest: Manifest) -> dict[str, Any]:
    """Return the part of the configuration that decides the result, flat, and the precision that was chosen."""
    recipe = Recipe(manifest.config, manifest.choices, manifest.overrides)
    return dict(_flat(recipe.science)) | {"precision": manifest.precision, "images": manifest.dataset.checksum[:8]}


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _hardware(manifest: Manifest, record: RunRecord | None) -> str:
    environment = manifest.environment
    processor = environment.gpu or environment.cpu
    return record.hardware if record else f"{processor}, threads: {manifest.threads}, {manifest.precision}"


def fault_in(lines: list[JournalLine]) -> dict[str, str]:
    """Return what the last metrics tell of a fault that nobody noted."""
    if lines and not all(math.isfinite(value) for value in lines[-1].values.values()):
        last = lines[-1]
        loss = next(value for value in last.values.values() if not math.isfinite(value))
        return {"fault": "diverged", "message": f"the loss is {loss} at step {last.step}"}
    where = f"after step {lines[-1].step}" if lines else "before its first step"
    return {"fault": "unknown", "message": f"it ended {where}; what ended it was told on its screen alone"}


def _moment(time: str) -> datetime:
    return datetime.fromisoformat(time)
