"""Repeat a run from its manifest, and say whether the result is the same."""

import copy
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from depthlab.recipe import ARITHMETIC, Recipe, recipe_from_config, source_hash
from depthlab.records import Manifest, RunStatus
from depthlab.run.columns import columns
from depthlab.run.compare import RunComparison, compare_runs
from depthlab.run.experiment import Tell, run
from depthlab.tracking import RunFolder
from depthlab.training import choose_hardware

Changes = Mapping[str, Mapping[str, Any]]  # group -> key -> value


def rerun(
    then: RunFolder, root: Path, *, tell: Tell, changes: Changes | None = None
) -> tuple[RunFolder, RunComparison]:
    """Train once more what the run `then` trained, in a new run under `root`, and compare the two.

    `changes` are made to the manifest's configuration: where things are kept, such as `{"data": {"folder": ...}}`.

    Raises:
        ValueError: the run did not finish, so there is nothing to compare with; or what `run` raises.
        Interrupted: Ctrl-C or SIGTERM.
    """
    check_finished(then)
    manifest = then.manifest
    recipe = recipe_from_manifest(manifest, changes)
    recipe.config["tracking"]["folder"] = str(root.absolute())
    if source_changed(manifest):
        tell(f"the code that computes has changed since {then.name}: the result may be another")
    cores = os.cpu_count() or 1
    if manifest.device == "cpu" and manifest.threads > cores:
        tell(f"{manifest.threads} threads, as their number decides the last bits; slow on {cores} cores")
    record = run(recipe, tell=tell, resume=False)
    now = RunFolder.open(root / record.folder)
    return now, compare_runs(then, now)


def check_finished(folder: RunFolder) -> None:
    """Check that the run came to its end and kept what a repetition is compared with.

    Raises:
        ValueError: it did not; with the command that continues it.
    """
    if folder.alive:
        raise ValueError(f"{folder.name} is running: wait for its end")
    if folder.status != RunStatus.FINISHED or folder.record is None:
        command = shlex.join(folder.manifest.command)
        raise ValueError(f"{folder.name} is {folder.status}, not finished: {command} runs it to its end")
    if not (folder.checkpoints / "final.ckpt").is_file():
        raise ValueError(f"{folder.name} has lost its weights, {folder.checkpoints / 'final.ckpt'}")


def recipe_from_manifest(manifest: Manifest, changes: Changes | None = None) -> Recipe:
    """Return the recipe of a run, with what was chosen automatically then as it was chosen.

    Device, precision and number of threads are the run's own, but for a device that this machine does not have.
    """
    config = copy.deepcopy(manifest.config)
    config["trainer"] |= {"threads": manifest.threads, "precision": manifest.precision}
    config["trainer"]["device"] = manifest.device.partition(":")[0]
    for group, values in (changes or {}).items():
        config[group] |= {key: value for key, value in values.items() if key in config[group]}
    try:
        choose_hardware(config["trainer"], image_size=manifest.dataset.image_size)
    except ValueError:  # no such device here: the comparison will tell
        config["trainer"]["device"] = "auto"
    return recipe_from_config(config, manifest.choices, manifest.overrides)


def source_changed(manifest: Manifest) -> bool:
    """Tell whether the code that computes is another than that of the run, or the source of the user's own model."""
    if manifest.source and manifest.source != source_hash():
        return True
    if manifest.arithmetic != ARITHMETIC:
        return not manifest.source
    recipe = recipe_from_manifest(manifest)
    checksum = manifest.dataset.checksum
    return recipe.fingerprint(data_checksum=checksum, precision=manifest.precision) != manifest.fingerprint


def verdict(comparison: RunComparison) -> list[str]:
    """Say in lines whether two runs are identical and, if not, what differs in them and around them."""
    looked_at = f"{comparison.tensors} tensors of final weights, {comparison.numbers} metrics"
    if comparison.identical:
        others = [one.what for one in comparison.circumstances]
        return [
            f"identical, bit for bit: {looked_at}",
            *([f"although these differ: {', '.join(others)}"] if others else []),
        ]
    rows = [("", "then", "now")]
    rows += [(one.what, one.then, one.now) for one in (*comparison.weights, *comparison.metrics)]
    lines = [f"different; compared were {looked_at}", "", *columns(rows), ""]
    if not comparison.circumstances:
        return [*lines, "nothing that the manifests tell of code, data, libraries and machine is different"]
    rows = [("", "then", "now"), *((one.what, one.then, one.now) for one in comparison.circumstances)]
    return [*lines, "the circumstances differ too:", "", *columns(rows)]
