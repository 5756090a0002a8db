"""The run of a whole sweep as MLflow sees it, and the small file that says how much of it has arrived."""

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, final

from depthlab.records import Damaged, Record, RunStatus
from depthlab.tracking.damage import tell_damage
from depthlab.tracking.mlflow_run import TAG_LENGTH, find_or_make, log_params, source_name
from depthlab.tracking.notes import NOTE, SWEEP, answers_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

_NAME = "parent.json"
_TABLES = "mlflow.loggedArtifacts"  # names the files that MLflow's pages show as tables


@final
@dataclass(frozen=True)
class ParentProgress(Record):
    """What the MLflow run of a sweep should say, and how much of that one store has."""

    uri: str  # the store's address, without its password
    experiment: str
    key: str  # marks the run in the store
    name: str
    identity: str  # of the sweep
    begun: str  # ISO 8601, UTC
    runs: str  # the folder with the folders of all runs
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    artifact_root: str | None = None
    run_id: str | None = None  # MLflow's, None until the store gave one
    described: str = ""  # digest of the parameters and tags that have arrived
    children: dict[str, str] = field(default_factory=dict)  # MLflow's id of a trial's run -> digest of its tags
    shown: str = ""  # digest of the record that files and note tell of
    status: RunStatus | None = None  # how the last command ended, None while it goes on
    complete: bool = False  # everything has arrived, that status too
    experiment_id: str = ""  # MLflow's, "" until the store gave it
    view: str = ""  # the key of the sweep's first view, "" until the store has it
    copies: dict[str, str] = field(default_factory=dict)  # folder of another experiment's run -> id of its copy here

    @classmethod
    def find(cls, folder: Path) -> Self | None:
        """Read the state in a sweep's folder; None where there never was a parent run, or where the file is damaged."""
        path = folder / _NAME
        try:
            return cls.read(path) if path.is_file() else None
        except Damaged as damaged:
            tell_damage(damaged)
            return None

    @classmethod
    def find_for(cls, folder: Path, uri: str, experiment: str) -> Self | None:
        """Read the state of the sweep's run in a store's experiment; that of any other one is put aside."""
        current = cls.find(folder)
        if current is not None and not current.is_of(uri, experiment):
            current.save(folder / current._aside)
        if current is None or current.is_of(uri, experiment):
            return current
        aside = folder / replace(current, uri=uri, experiment=experiment)._aside
        return cls.read(aside) if aside.is_file() else None

    def is_of(self, uri: str, experiment: str) -> bool:
        """Whether this is about a store's experiment; the address is without its password."""
        return (self.uri, self.experiment) == (uri, experiment)

    def write(self, folder: Path) -> None:
        """Write it into the sweep's folder."""
        self.save(folder / _NAME)

    @property
    def _aside(self) -> str:
        return f"parent-{digest([self.uri, self.experiment])}.json"


def digest(value: Any) -> str:
    """Return a short text that differs where values do."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def open_parent(client: "MlflowClient", experiment_id: str, progress: ParentProgress) -> str:
    """Return the id of the sweep's run, made if the store has none, with status RUNNING."""
    begun = round(1000 * datetime.fromisoformat(progress.begun).timestamp())
    return find_or_make(client, experiment_id, progress.run_id, progress.key, name=progress.name, begun=begun)


def describe_parent(client: "MlflowClient", run_id: str, progress: ParentProgress, folder: Path) -> None:
    """Write parameters and tags; doing it twice changes nothing."""
    tags = {SWEEP: progress.identity, "depthlab.kind": "sweep", "depthlab.folder": str(folder)} | progress.tags
    log_params(client, client.get_run(run_id), progress.params, tags)


def annotate(client: "MlflowClient", run_id: str, note: str, tables: Sequence[str], view: str) -> None:
    """Write the text that MLflow shows at the top of the run, name its files that are tables, and its first view.

    Args:
        client: Of the store.
        run_id: Of the run.
        note: Markdown; cut to what a tag can hold. Answers that the note had stay.
        tables: Artifacts' paths.
        view: The key of a view.
    """
    from mlflow.entities import RunTag

    listed = json.dumps([{"path": path, "type": "table"} for path in tables])
    answers = answers_of(client.get_run(run_id).data.tags.get(NOTE, ""))
    told = note[: TAG_LENGTH - len(answers)] + answers
    tags = [RunTag(NOTE, told), RunTag(_TABLES, listed), RunTag("depthlab.view", view)]
    client.log_batch(run_id, tags=tags, synchronous=True)


def command_tags(command: Sequence[str], commit: str | None) -> Mapping[str, str]:
    """Return the tags that tell what was typed, and with which code."""
    tags = {"depthlab.command": shlex.join(command), "depthlab.commit": commit or "none"}
    tags["mlflow.source.name"] = source_name(command)
    return tags if commit is None else tags | {"mlflow.source.git.commit": commit}
