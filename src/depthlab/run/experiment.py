"""One experiment: check, prepare, fit, evaluate, record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from depthlab.recipe import Recipe
from depthlab.records import RunRecord, RunStatus
from depthlab.run.evaluate import draw, evaluate_run
from depthlab.run.prepare import Prepared, check_team, prepare
from depthlab.run.runs_folder import runs_root
from depthlab.run.train import train
from depthlab.tracking import (
    MlflowSync,
    RunFolder,
    check_store,
    find_interrupted,
    resolve_artifact_root,
    resolve_uri,
)
from depthlab.training import Interrupted, Interruption, ProgressListener, Pruned, Team

Tell = Callable[[str], None]


class FolderMirror(Protocol):
    """Keeps a copy of a run's folder elsewhere while it is computed."""

    def start(self) -> object:
        """Begin, before anything is known of the run outside of its folder."""

    def finish(self) -> object:
        """End, as the folder does not change any more."""

    @property
    def warning(self) -> str | None:
        """What a person should know in the end."""


@dataclass(frozen=True)
class RunHooks:
    """What a sweep adds to a run of its own. Nothing here decides what the run finds."""

    interruption: Interruption = field(default_factory=Interruption)  # stops the run when it is asked to
    listener: ProgressListener | None = None
    tags: Mapping[str, str] = field(default_factory=dict)  # of its MLflow run
    since: str = ""  # ISO 8601, UTC: runs that are older don't count as earlier attempts
    retry: bool = False  # a run that failed is continued from its checkpoint as well
    asked: str = ""  # fingerprint of the run that was asked for, of which this one may be a version in more parts
    mirror: Callable[[RunFolder], FolderMirror] | None = None
    team: Team = field(default_factory=Team)  # that trains the network together, and that this process leads


def run(
    recipe: Recipe,
    *,
    tell: Tell = lambda line: None,
    resume: bool = True,
    hooks: RunHooks | None = None,
) -> RunRecord:
    """Train the recipe's network, evaluate it, and keep everything in a folder of its own, shown in MLflow.

    A run of the same recipe that was cut off is continued (with `resume`); one that finished is run anew. `tell` gets
    a line for each thing that a person should know.

    Raises:
        ValueError: a mistake of the user, told before anything is recorded; or `Diverged`.
        Interrupted: Ctrl-C or SIGTERM. The same recipe continues from the last whole step.
    """
    hooks = hooks or RunHooks()
    with hooks.interruption as interruption:
        tracking = recipe.config["tracking"]
        if tracking["enabled"]:
            check_store(resolve_uri(tracking["uri"]))
        check_team(recipe, hooks.team)
        hooks.team.start_others()
        prepared = prepare(recipe, hooks.team)
        folder = _open_folder(prepared, runs_root(recipe), tell, hooks, resume=resume)
        mirror = hooks.mirror(folder) if hooks.mirror is not None else None
        mlflow_sync = None
        try:
            if mirror is not None:
                mirror.start()
            mlflow_sync = _start_sync(recipe, folder, hooks.tags)
            trained = train(prepared, folder, interruption, listener=hooks.listener)
            record = evaluate_run(prepared, folder, trained, mlflow_sync.run_id if mlflow_sync else None)
            artifacts = _artifacts(folder) | draw(record, folder.path)
        except BaseException as error:
            _close(folder, mlflow_sync, mirror, _status_after(error), _artifacts(folder), tell)
            raise
        _close(folder, mlflow_sync, mirror, RunStatus.FINISHED, artifacts, tell)
        return record


def _status_after(error: BaseException) -> RunStatus:
    if isinstance(error, Pruned):
        return RunStatus.PRUNED
    return RunStatus.KILLED if isinstance(error, Interrupted) else RunStatus.FAILED


def _open_folder(prepared: Prepared, root: Path, tell: Tell, hooks: RunHooks, *, resume: bool) -> RunFolder:
    manifest, since = prepared.manifest, hooks.since
    if hooks.asked not in ("", manifest.fingerprint):
        manifest = replace(manifest, stands_for=hooks.asked)
    interrupted = find_interrupted(root, manifest.asked, since=since, failed=hooks.retry) if resume else None
    if interrupted is None:
        return RunFolder.create(root, manifest)
    if interrupted.manifest.fingerprint != manifest.fingerprint:
        interrupted.replace_manifest(replace(manifest, created=interrupted.manifest.created))
    interrupted.status = RunStatus.RUNNING
    there = (interrupted.checkpoints / "last.ckpt").is_file()
    begins = "from its last checkpoint" if there else "from the start, as it had not written a checkpoint yet"
    tell(f"continuing {interrupted.name} {begins}")
    return interrupted


def _start_sync(recipe: Recipe, folder: RunFolder, tags: Mapping[str, str]) -> MlflowSync | None:
    tracking = recipe.config["tracking"]
    if not tracking["enabled"]:
        return None
    uri = resolve_uri(tracking["uri"])
    mlflow_sync = MlflowSync.open(
        folder,
        uri=uri,
        experiment=tracking["experiment"],
        artifact_root=resolve_artifact_root(uri),
        system_metrics=tracking["system_metrics"],
        tags=tags,
    )
    mlflow_sync.start()
    return mlflow_sync


def _artifacts(folder: RunFolder) -> dict[str, Path]:
    """Return the files that a run's store keeps beside its metrics, as far as they are there."""
    names = ("manifest.json", "record.json", "predictions.npz", "checkpoints/best.ckpt", "checkpoints/final.ckpt")
    kept = {name: folder.path / name for name in names if (folder.path / name).is_file()}
    return kept | {f"checkpoints/{file.name}": file for file in folder.snapshots}


def _close(
    folder: RunFolder,
    mlflow_sync: MlflowSync | None,
    mirror: FolderMirror | None,
    status: RunStatus,
    artifacts: dict[str, Path],
    tell: Tell,
) -> None:
    try:
        folder.status = status
    finally:  # where the disk is full, the store shall still learn how the run ended
        if mlflow_sync is not None and not mlflow_sync.finish(status, artifacts):
            tell(mlflow_sync.warning or "")
        if mirror is not None:
            mirror.finish()
            if mirror.warning is not None:
                tell(mirror.warning)
        folder.release()
