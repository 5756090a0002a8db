"""Sweeps by a name that a person types, and the faults that sweeps noted."""

from collections.abc import Callable
from pathlib import Path

from depthlab.records import FaultRecord, SweepRecord
from depthlab.sweeps.state.folder import SweepFolder


def find_sweep(root: Path, name: str) -> SweepRecord:
    """Return how a sweep stands, given its folder's name, its identity, MLflow's id of its run, or a beginning of one.

    The name of a space is one too, `sweep=degradation`: of several sweeps of it the newest is meant.

    Raises:
        ValueError: None or several are meant.
    """
    folders = [SweepFolder(path.parent) for path in sorted(root.glob("*/sweep.json"))]
    records = {folder.path.name: folder.record for folder in folders}
    known = {place: record for place, record in records.items() if record is not None}
    found = [record for place, record in known.items() if place == name] or [
        record
        for place, record in known.items()
        if place.startswith(name) or record.identity.startswith(name) or (record.run_id or "").startswith(name)
    ]
    if len(found) > 1 or not found:
        spaces = [record for record in known.values() if f"sweep={name}" in record.command]
        found = sorted(spaces, key=lambda record: record.updated)[-1:] or found
    if len(found) == 1:
        return found[0]
    listed = ", ".join(sorted(known)) or "none yet"
    if found:
        raise ValueError(f"sweep={name} could be any of {len(found)}; type more of a name: {listed}")
    raise ValueError(f"there is no sweep {name!r} in {root}; there are: {listed}")


def withheld_runs(root: Path, *, tell_unread: Callable[[str], None]) -> set[str]:
    """Return the fingerprints of runs that searches did not choose, and that no other sweep compares.

    `tell_unread` gets a line for each sweep that can't be read.
    """
    withheld: set[str] = set()
    shown: set[str] = set()
    for path in sorted(root.glob("*/record.json")):
        try:
            record = SweepRecord.read(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            tell_unread(f"sweep {path.parent.name} can't be read ({type(error).__name__}: {error})")
            continue
        hidden = {trial.fingerprint for trial in record.withheld}
        withheld |= hidden
        shown |= {trial.fingerprint for trial in record.trials} - hidden
    return withheld - shown


def all_faults(root: Path, *, tell_unread: Callable[[str], None]) -> dict[str, FaultRecord]:
    """Return for each fingerprint the latest fault that a sweep noted of it.

    `tell_unread` gets a line for each sweep whose faults can't be read.
    """
    faults: list[FaultRecord] = []
    for path in sorted(root.glob("*/sweep.json")):
        try:
            faults += SweepFolder(path.parent).faults
        except (OSError, ValueError, KeyError, TypeError) as error:  # ValueError is that of JSON too
            tell_unread(f"the faults of sweep {path.parent.name} can't be read ({type(error).__name__}: {error})")
    return {fault.fingerprint: fault for fault in sorted(faults, key=lambda fault: fault.time)}
