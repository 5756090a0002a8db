"""Make a run that was cut off one that can go on: what is damaged is set aside, and what came before it is used."""

import os
from pathlib import Path
from typing import Any

from depthlab.records import Damaged
from depthlab.tracking import RunFolder, set_aside
from depthlab.training import read_checkpoint, zip_damage


def recover(folder: RunFolder) -> list[str]:
    """See that `last.ckpt`, if there is one, and all that it counts on are whole.

    A damaged journal keeps the lines before the damage. A checkpoint is used if it is whole, if the journal has every
    line that it had then, and if the best weights and the snapshots of which it knows are there. Otherwise it goes
    aside, and the one before it is used, or none: then the run begins anew, in the same folder.

    Returns:
        A line for each thing that was found and set aside.

    Raises:
        OSError: The folder can't be read or written.
    """
    told = []
    damage = folder.journal.cut_damage()
    if damage is not None:
        told.append(f"{damage.path} was damaged: the lines before the damage are kept, all of it is set aside")
    last, previous = folder.checkpoints / "last.ckpt", folder.checkpoints / "previous.ckpt"
    for file in (last, previous):
        if not file.is_file():
            continue
        reason = _why_unusable(folder, file)
        if reason is None:
            if file != last:
                os.replace(file, last)
            break
        told.append(f"{file} can't be gone on with ({reason}): it is {set_aside(file).name} now")
    return told


def _why_unusable(folder: RunFolder, file: Path) -> str | None:
    """Return why a run can't go on from a checkpoint, None if it can."""
    try:
        checkpoint = read_checkpoint(file)
    except Damaged as damaged:
        return damaged.reason
    if not _covers(folder, checkpoint):
        return f"{folder.journal.path.name} has lost lines of steps before it"
    best = folder.checkpoints / "best.ckpt"
    kept = [best, *folder.snapshots] if checkpoint["best"]["epoch"] > 0 else folder.snapshots
    broken = (one.name for one in kept if zip_damage(one) is not None)
    return next((f"{name}, of which it knows, is damaged or missing" for name in broken), None)


def _covers(folder: RunFolder, checkpoint: dict[str, Any]) -> bool:
    """Whether the journal has every line that it had when the checkpoint was written."""
    if "journal" in checkpoint:
        return folder.journal.size >= int(checkpoint["journal"])
    steps = [line.step for line in folder.journal.read()]  # a checkpoint of an earlier version
    return max(steps, default=0) >= int(checkpoint["global_step"])
