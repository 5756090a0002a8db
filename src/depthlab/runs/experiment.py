"""One experiment: check, prepare, fit, evaluate, record."""

from collections.abc import Callable
from pathlib import Path

from depthlab.recipe import Recipe
from depthlab.records import RunRecord
from depthlab.runs.conclude import conclude, draw
from depthlab.runs.fit import fit
from depthlab.runs.prepare import Prepared, prepare
from depthlab.tracking import (
    RUNS_ROOT,
    EndStatus,
    Projection,
    RunFolder,
    check_store,
    find_interrupted,
    resolve_artifact_root,
    resolve_uri,
)
from depthlab.training import Interrupted, Interruption

Tell = Callable[[str], None]


def run(recipe: Recipe, *, tell: Tell = lambda line: None, resume: bool = True) -> RunRecord:
    """Train the recipe's network, evaluate it, and keep everything in a folder of its own, shown in MLflow.

    A run of the same recipe that was cut off is continued (with `resume`); one that finished is run anew. `tell` gets
    a line for each thing that a person should know.

    Raises:
        ValueError: a person's mistake, told before anything is recorded; or `Diverged`.
        Interrupted: Ctrl-C or SIGTERM. The same recipe continues from the last whole step.
    """
    with Interruption() as interruption:
        tracking = recipe.config["tracking"]
        if tracking["enabled"]:
            check_store(resolve_uri(tracking["uri"]))
        prepared = prepare(recipe)
        folder = _open_folder(prepared, runs_root(recipe), tell, resume=resume)
        projection = None
        try:
            projection = _project(recipe, folder)
            fitted = fit(prepared, folder, interruption)
            record = conclude(prepared, folder, fitted, projection.run_id if projection else None)
            artifacts = _artifacts(folder) | draw(record, folder.path)
        except BaseException as error:
            status: EndStatus = "killed" if isinstance(error, Interrupted) else "failed"
            _close(folder, projection, status, _artifacts(folder), tell)
            raise
        _close(folder, projection, "finished", artifacts, tell)
        return record


def runs_root(recipe: Recipe) -> Path:
    """Return the folder that holds the folders of runs."""
    return Path(recipe.config["tracking"]["folder"] or RUNS_ROOT)


def _open_folder(prepared: Prepared, root: Path, tell: Tell, *, resume: bool) -> RunFolder:
    interrupted = find_interrupted(root, prepared.manifest.fingerprint) if resume else None
    if interrupted is None:
        return RunFolder.create(root, prepared.manifest)
    interrupted.status = "running"
    there = (interrupted.checkpoints / "last.ckpt").is_file()
    begins = "from its last checkpoint" if there else "from the start, as it had not written a checkpoint yet"
    tell(f"continuing {interrupted.name} {begins}")
    return interrupted


def _project(recipe: Recipe, folder: RunFolder) -> Projection | None:
    tracking = recipe.config["tracking"]
    if not tracking["enabled"]:
        return None
    uri = resolve_uri(tracking["uri"])
    projection = Projection(
        folder,
        uri=uri,
        experiment=tracking["experiment"],
        artifact_root=resolve_artifact_root(uri),
        system_metrics=tracking["system_metrics"],
    )
    projection.start()
    return projection


def _artifacts(folder: RunFolder) -> dict[str, Path]:
    """Return the files that a run's store keeps beside its metrics, as far as they are there."""
    names = ("manifest.json", "record.json", "checkpoints/best.ckpt", "checkpoints/final.ckpt")
    return {name: folder.path / name for name in names if (folder.path / name).is_file()}


def _close(
    folder: RunFolder, projection: Projection | None, status: EndStatus, artifacts: dict[str, Path], tell: Tell
) -> None:
    try:
        folder.status = status
    finally:  # where the disk is full, the store shall still learn how the run ended
        if projection is not None and not projection.finish(status, artifacts):
            tell(projection.warning or "")
        folder.release()
