"""One experiment: check, prepare, fit, evaluate, record."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from depthlab.recipe import Recipe
from depthlab.records import RunRecord, RunStatus
from depthlab.run.evaluate import draw, evaluate_run
from depthlab.run.prepare import Prepared, check_team, prepare
from depthlab.run.recover import recover
from depthlab.run.runs_folder import runs_root
from depthlab.run.store_check import check_tracking
from depthlab.run.train import train
from depthlab.tracking import (
    MlflowSync,
    RunFolder,
    find_interrupted,
    find_unsent,
    resolve_artifact_root,
    resolve_uri,
)
from depthlab.training import Diverged, Interrupted, Interruption, ProgressListener, Pruned, Team

Tell = Callable[[str], None]
_PATIENCE, _PATIENCE_WHEN_STOPPED = 10.0, 3.0  # seconds


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
    store_checked: bool = False  # whoever asks for the run has seen that its store can be used
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
        tell = _unbroken(tell)
        if not hooks.store_checked:
            check_tracking(recipe, tell)
        check_team(recipe, hooks.team)
        hooks.team.start_others()
        prepared = prepare(recipe, hooks.team)
        if resume and (unsent := _find_unsent(prepared, hooks)) is not None:
            return _send_rest(recipe, unsent, tell)
        folder = _open_folder(prepared, runs_root(recipe), tell, hooks, resume=resume)
        mirror = hooks.mirror(folder) if hooks.mirror is not None else None
        mlflow_sync = None
        try:
            if mirror is not None:
                mirror.start()
            mlflow_sync = _start_sync(recipe, folder, hooks.tags)
            trained = train(prepared, folder, interruption, listener=hooks.listener)
            record = evaluate_run(prepared, folder, trained, mlflow_sync.run_id if mlflow_sync else None)
            draw(record, folder.path)
        except BaseException as error:
            patience = _PATIENCE_WHEN_STOPPED if isinstance(error, Interrupted) else _patience(recipe)
            _close(folder, mlflow_sync, mirror, _status_after(error), tell, patience)
            raise
        _close(folder, mlflow_sync, mirror, RunStatus.FINISHED, tell, _patience(recipe))
        return record


def _status_after(error: BaseException) -> RunStatus:
    if isinstance(error, Pruned):
        return RunStatus.PRUNED
    if isinstance(error, Diverged):
        return RunStatus.DIVERGED
    # where a disk is full or away, nothing is wrong with the run: it goes on when there is room again
    return RunStatus.KILLED if isinstance(error, Interrupted | OSError) else RunStatus.FAILED


def _unbroken(tell: Tell) -> Tell:
    """Return `tell` for whom the reader may be gone: a terminal that was closed, a pipe that has ended."""

    def tell_if_possible(line: str) -> None:
        with suppress(OSError):
            tell(line)

    return tell_if_possible


def _find_unsent(prepared: Prepared, hooks: RunHooks) -> RunFolder | None:
    if not prepared.config["tracking"]["enabled"] or hooks.team.size > 1:
        return None
    return find_unsent(runs_root(prepared.recipe), hooks.asked or prepared.manifest.asked, since=hooks.since)


def _send_rest(recipe: Recipe, folder: RunFolder, tell: Tell) -> RunRecord:
    """Finish what was cut off while a run that has finished was sent to its store."""
    record = folder.record
    assert record is not None, "find_unsent returns finished runs"
    tell(f"{folder.name} is trained, and was cut off while it was sent: sending the rest; fresh=true trains anew")
    mlflow_sync = None
    try:
        draw(record, folder.path)
        mlflow_sync = _start_sync(recipe, folder, {})
    finally:
        _close(folder, mlflow_sync, None, RunStatus.FINISHED, tell, _patience(recipe))
    return record


def _open_folder(prepared: Prepared, root: Path, tell: Tell, hooks: RunHooks, *, resume: bool) -> RunFolder:
    manifest, since = prepared.manifest, hooks.since
    if hooks.asked not in ("", manifest.fingerprint):
        manifest = replace(manifest, stands_for=hooks.asked)
    interrupted = find_interrupted(root, manifest.asked, since=since, failed=hooks.retry) if resume else None
    if interrupted is None:
        return RunFolder.create(root, manifest)
    if interrupted.manifest.fingerprint != manifest.fingerprint:
        interrupted.replace_manifest(replace(manifest, created=interrupted.manifest.created))
    for line in recover(interrupted):
        tell(line)
    interrupted.status = RunStatus.RUNNING
    there = (interrupted.checkpoints / "last.ckpt").is_file()
    begins = "from its last checkpoint" if there else "from the start, as there is no checkpoint to go on from"
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


def _close(
    folder: RunFolder,
    mlflow_sync: MlflowSync | None,
    mirror: FolderMirror | None,
    status: RunStatus,
    tell: Tell,
    patience: float,
) -> None:
    try:
        folder.status = status
    finally:  # where the disk is full, the store shall still learn how the run ended
        try:
            if mlflow_sync is not None and not mlflow_sync.finish(status, patience=patience):
                tell(mlflow_sync.warning or "")
            if mirror is not None:
                mirror.finish()
                if mirror.warning is not None:
                    tell(mirror.warning)
        finally:
            folder.release()


def _patience(recipe: Recipe) -> float:
    """Return how many seconds the end of a run waits for a store that is away."""
    patience = recipe.config["tracking"].get("patience")
    return _PATIENCE if patience is None else float(patience)
