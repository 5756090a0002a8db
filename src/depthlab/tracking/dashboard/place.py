"""Where in which store a person wants to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.invocation import command
from depthlab.tracking import RUNS_ROOT, check_store, find_run, prepare_mlflow, redact, resolve_uri
from depthlab.tracking.address import sqlite_path
from depthlab.tracking.links import run_link, runs_link
from depthlab.tracking.parent_run import ParentProgress
from depthlab.tracking.sync_progress import SyncProgress
from depthlab.tracking.views import TABLES, TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment, Run

_USUAL = "depthlab"  # experiment


@final
@dataclass(frozen=True)
class Place:
    """What to open: an experiment of a store, on a view, or on a run."""

    uri: str
    experiment_id: str
    experiment: str  # its name
    view: str = ""
    run_id: str = ""  # MLflow's

    def link(self, base: str) -> str:
        """Return the link, of pages that are served at `base`."""
        if self.run_id:
            return run_link(self.experiment_id, self.run_id, base=base)
        return runs_link(self.experiment_id, self.view, base=base, charts=self.view not in TABLES)


def find_place(typed: Mapping[str, str]) -> Place:
    """Return what was meant by `run`, `sweep`, `view`, `folder`, `tracking.uri` and `tracking.experiment`.

    Raises:
        ValueError: there is no such run, sweep, store or experiment; one line.
    """
    if "run" in typed and "sweep" in typed:
        raise ValueError("run= and sweep= are two places: type one of them")
    root = Path(typed.get("folder", RUNS_ROOT))
    if "folder" in typed and not root.is_dir():
        raise ValueError(f"folder={root}: there is no such folder")
    if "run" in typed:
        return _run_place(typed, root)
    if "sweep" in typed:
        return _sweep_place(typed, root.parent / "sweeps")
    uri = _store(typed.get("tracking.uri"))
    client = _client(uri)
    experiment = _experiment(client, typed.get("tracking.experiment"), uri)
    return Place(uri, experiment.experiment_id, experiment.name, _view(experiment, "depth", typed))


def _run_place(typed: Mapping[str, str], root: Path) -> Place:
    name, uri = typed["run"], typed.get("tracking.uri")
    run_id = name
    if not _is_id(name):
        folder = find_run(root, name)
        progress = SyncProgress.find(folder.path)
        if progress is None or progress.run_id is None:
            raise ValueError(f"run {folder.name} is in no store: {command('sync')} sends what one misses")
        uri, run_id = uri or progress.uri, progress.run_id
    uri = _store(uri)
    client = _client(uri)
    run = _find(client, run_id, f"run={name}", uri)
    experiment = client.get_experiment(run.info.experiment_id)
    return Place(uri, experiment.experiment_id, experiment.name, run_id=run_id)


def _sweep_place(typed: Mapping[str, str], root: Path) -> Place:
    name, uri = typed["sweep"], typed.get("tracking.uri")
    run_id = name
    if not _is_id(name):
        progress = _sweep(root, name)
        if progress.run_id is None:
            raise ValueError(f"sweep {name} is in no store yet: {command('sync')} sends what one misses")
        uri, run_id = uri or progress.uri, progress.run_id
    uri = _store(uri)
    client = _client(uri)
    run = _find(client, run_id, f"sweep={name}", uri)
    if run.data.tags.get("depthlab.kind") != "sweep":
        raise ValueError(f"sweep={name} is no sweep but a run: type run={name}")
    experiment = client.get_experiment(run.info.experiment_id)
    first = run.data.tags.get("depthlab.view", "")
    view = _view(experiment, first, typed, f"{run.data.tags['depthlab.sweep']}.")
    if not view:  # of a version that kept no views
        return Place(uri, experiment.experiment_id, experiment.name, run_id=run_id)
    return Place(uri, experiment.experiment_id, experiment.name, view)


def _view(experiment: "Experiment", usual: str, typed: Mapping[str, str], start: str = "") -> str:
    """Return the key of the view that was typed, or else the usual one; "" where the store has none."""
    known = [name.removeprefix(TAG) for name in experiment.tags if name.startswith(TAG)]
    wanted = start + typed["view"] if "view" in typed else usual
    if wanted in known or "view" not in typed:
        return wanted if wanted in known else ""
    names = [name.removeprefix(start) for name in known if name.startswith(start) and (start or "." not in name)]
    raise ValueError(f"view={typed['view']} is not there: there are {', '.join(sorted(names)) or 'none'}")


def _sweep(root: Path, name: str) -> ParentProgress:
    folders = sorted(path.parent.name for path in root.glob("*/parent.json"))
    found = [folder for folder in folders if folder == Path(name).name] or [
        folder for folder in folders if folder.startswith(name)
    ]
    progress = ParentProgress.find(root / found[0]) if len(found) == 1 else None
    if progress is None:
        listed = ", ".join((found or folders)[-5:]) or "none yet"
        raise ValueError(f"sweep={name} names {len(found)} of the tracked sweeps in {root}: there are {listed}")
    return progress


def _store(uri: str | None) -> str:
    """Return the whole address of a store that is there; `uri` may lack its password."""
    usual = resolve_uri(None)
    uri = usual if uri is None or redact(usual) == uri else resolve_uri(uri)
    path = sqlite_path(uri)
    if path is not None and not path.is_file():  # MLflow would make one
        raise ValueError(f"there is no store {path} yet: {command('train')} makes one, or type tracking.uri=...")
    check_store(uri)
    return uri


def _client(uri: str) -> "MlflowClient":
    prepare_mlflow()
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _find(client: "MlflowClient", run_id: str, typed: str, uri: str) -> "Run":
    from mlflow.exceptions import MlflowException

    try:
        return client.get_run(run_id)
    except MlflowException as error:
        raise ValueError(
            f"{typed}: the store {redact(uri)} has no such run; type tracking.uri=... for another"
        ) from error


def _experiment(client: "MlflowClient", name: str | None, uri: str) -> "Experiment":
    found = client.get_experiment_by_name(name or _USUAL)
    if found is not None:
        return found
    others = [experiment for experiment in client.search_experiments() if "depthlab.views" in experiment.tags]
    if name is None and len(others) == 1:
        return others[0]
    listed = ", ".join(experiment.name for experiment in others) or "none with runs of the lab"
    raise ValueError(f"the store {redact(uri)} has no experiment {name or _USUAL}: there are {listed}")


def _is_id(name: str) -> bool:
    return len(name) == 32 and all(character in "0123456789abcdef" for character in name)
