"""One run as MLflow sees it: found or made, described, filled and ended."""

import getpass
import json
import shlex
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from depthlab.records import Manifest, RunStatus
from depthlab.tracking.journal import JournalLine
from depthlab.tracking.mlflow_metrics import numbers, with_errors
from depthlab.tracking.notes import NOTE, run_note, typed_command

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

_METRICS_A_CALL = 400  # lines' own metrics; MLflow takes 1000 at most, with the errors beside accuracies
_A_CALL = 100  # parameters or tags that MLflow takes
_PARAMETER_LENGTH = 6000
_PRUNED = "depthlab.pruned"
SUPERSEDED = "depthlab.superseded"  # id of a newer run of the same recipe that finished
AXES_TAG = "depthlab.axes"  # which parameters are the axes of study, as JSON; the others are settings
TAG_LENGTH = 5000  # MLflow's columns hold 8000 characters, some databases count bytes


def open_run(client: "MlflowClient", experiment_id: str, manifest: Manifest, run_id: str | None, key: str) -> str:
    """Return the id of the run, made if the store has none, with status RUNNING.

    Args:
        client: Of the store.
        experiment_id: Where a new run is listed.
        manifest: Of the run.
        run_id: As the store gave it earlier, None if it never did.
        key: Marks the run in the store, so that one that was made just before a crash is found again.
    """
    begun = round(1000 * datetime.fromisoformat(manifest.created).timestamp())
    return find_or_make(client, experiment_id, run_id, key, name=manifest.name, begun=begun)


def find_or_make(
    client: "MlflowClient", experiment_id: str, run_id: str | None, key: str, *, name: str, begun: int
) -> str:
    """Return the id of the run that has this id or this key, made if the store has none, with status RUNNING.

    Args:
        client: Of the store.
        experiment_id: Where a new run is listed.
        run_id: As the store gave it earlier, None if it never did.
        key: Marks the run in the store.
        name: Of a new run.
        begun: When a new run began, in milliseconds since 1970.
    """
    from mlflow.exceptions import MlflowException

    if run_id is not None:
        try:
            if client.get_run(run_id).info.lifecycle_stage == "active":
                client.update_run(run_id, status="RUNNING")
                return run_id
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
    known = client.search_runs([experiment_id], f"tags.`depthlab.key` = '{key}'", max_results=1)
    if known:
        return str(known[0].info.run_id)
    tags = {"depthlab.key": key, "mlflow.user": _user(), "mlflow.source.type": "LOCAL"}
    return str(client.create_run(experiment_id, start_time=begun, tags=tags, run_name=name).info.run_id)


def arrived_steps(client: "MlflowClient", run_id: str) -> dict[str, set[int]]:
    """Return metric -> all steps that the store has of it."""
    names = client.get_run(run_id).data.metrics
    return {name: {metric.step for metric in client.get_metric_history(run_id, name)} for name in names}


def describe_run(
    client: "MlflowClient",
    run_id: str,
    manifest: Manifest,
    folder: Path,
    more_tags: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write parameters, numeric axes, tags, `more_tags`, a note and the dataset; doing it twice changes nothing."""
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric

    environment, dataset = manifest.environment, manifest.dataset
    tags = {
        "depthlab.fingerprint": manifest.fingerprint,
        "depthlab.folder": str(folder),
        "depthlab.commit": environment.commit or "none",
        "depthlab.changed": str(bool(environment.diff)).lower(),
        "depthlab.command": shlex.join(typed_command(manifest, more_tags)),
        "depthlab.device": manifest.device,
        "depthlab.precision": manifest.precision,
        "depthlab.threads": str(manifest.threads),
        "depthlab.hardware": environment.gpu or environment.cpu,
        "depthlab.data_checksum": dataset.checksum,
        "mlflow.source.name": source_name(manifest.command),
    }
    if environment.commit is not None:
        tags["mlflow.source.git.commit"] = environment.commit
    tags |= {"depthlab.kind": "run", AXES_TAG: json.dumps(list(manifest.axes)), "depthlab.data": dataset.name}
    tags |= more_tags
    run = client.get_run(run_id)
    if NOTE not in run.data.tags:
        tags[NOTE] = run_note(run.info.experiment_id, run_id, manifest, tags)
    log_params(client, run, {name: str(value) for name, value in (manifest.settings | manifest.axes).items()}, tags)
    begun = round(1000 * datetime.fromisoformat(manifest.created).timestamp())
    known = [Metric(name, value, begun, 0) for name, value in numbers(manifest).items()]
    client.log_batch(run_id, metrics=known, synchronous=True)
    sizes = {"train": dataset.train_size, "validation": dataset.validation_size, "test": dataset.test_size}
    entity = Dataset(
        name=dataset.name,
        digest=dataset.checksum[:16],  # MLflow takes 36 characters at most
        source_type="depthlab",
        source=json.dumps({"name": dataset.name, "sha256": dataset.checksum}),
        profile=json.dumps({"images": sizes, "classes": len(dataset.classes), "image_size": dataset.image_size}),
    )
    context = InputTag("mlflow.data.context", "training")
    client.log_inputs(run_id, [DatasetInput(entity, [context])])


def log_params(client: "MlflowClient", run: "Run", params: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """Write parameters and tags; doing it twice changes nothing.

    MLflow never changes a parameter. One that has another value now, such as an axis that was extended, keeps the first
    one, and a tag `depthlab.now.NAME` has the value of now.
    """
    from mlflow.entities import Param, RunTag

    there = run.data.params
    wanted = {name: value[:_PARAMETER_LENGTH] for name, value in params.items()}
    now = {f"depthlab.now.{name}": value for name, value in wanted.items() if there.get(name, value) != value}
    new = [Param(name, value) for name, value in wanted.items() if name not in there]
    told = [RunTag(name, value[:TAG_LENGTH]) for name, value in (dict(tags) | now).items()]
    for begin in range(0, max(len(new), len(told)), _A_CALL):
        part = slice(begin, begin + _A_CALL)
        client.log_batch(run.info.run_id, params=new[part], tags=told[part], synchronous=True)


def source_name(command: Sequence[str]) -> str:
    """Return the script of a command, with or without the interpreter before it; or `depthlab train`."""
    if command[:1] == ("depthlab",):
        return " ".join(command[:2])
    return next((word for word in command if word.endswith(".py")), "train.py")


def send_lines(client: "MlflowClient", run_id: str, lines: Iterable[JournalLine]) -> None:
    """Write metrics, a few hundred a call. A line sent twice is there once, as it brings its own time along."""
    metrics = iter(_mlflow_metrics(lines))
    while batch := list(islice(metrics, _METRICS_A_CALL)):
        client.log_batch(run_id, metrics=batch, synchronous=True)


def end_run(client: "MlflowClient", run_id: str, status: RunStatus, ended: int | None) -> None:
    """Write how the run ended. MLflow knows no pruned runs: they are KILLED, with a tag that says more.

    Those that diverged are FAILED there.

    Args:
        client: Of the store.
        run_id: Of the run.
        status: How it ended.
        ended: When, in milliseconds since 1970; None for now.
    """
    tags = client.get_run(run_id).data.tags
    pruned = status == RunStatus.PRUNED
    # A pruned run may have gone on later, and the tag of that time must not stay.
    if pruned or _PRUNED in tags:
        client.set_tag(run_id, _PRUNED, str(pruned).lower())
    there = {RunStatus.PRUNED: RunStatus.KILLED, RunStatus.DIVERGED: RunStatus.FAILED}.get(status, status)
    client.set_terminated(run_id, there.upper(), ended)
    if status == RunStatus.FINISHED and "depthlab.fingerprint" in tags:
        _mark_superseded(client, run_id, tags["depthlab.fingerprint"])


def _mark_superseded(client: "MlflowClient", run_id: str, fingerprint: str) -> None:
    """Tag the runs of a recipe in an experiment that are older than the newest one that finished, with its id."""
    same = f"tags.`depthlab.fingerprint` = '{fingerprint}'"
    experiment = client.get_run(run_id).info.experiment_id
    runs = client.search_runs([experiment], same, order_by=["attributes.start_time DESC"])
    newest = next((place for place, run in enumerate(runs) if run.info.status == "FINISHED"), len(runs))
    for run in runs[newest + 1 :]:
        if SUPERSEDED not in run.data.tags:
            client.set_tag(run.info.run_id, SUPERSEDED, runs[newest].info.run_id)


def upload(client: "MlflowClient", run_id: str, artifacts: Mapping[str, Path]) -> None:
    """Copy files into the store, under the paths that are their keys."""
    for name, file in artifacts.items():
        target = PurePosixPath(name)
        folder = None if target.parent == PurePosixPath(".") else str(target.parent)
        if file.name == target.name:
            client.log_artifact(run_id, str(file), folder)
            continue
        # MLflow keeps a file's own name.
        with tempfile.TemporaryDirectory() as room:
            alias = Path(room) / target.name
            alias.symlink_to(file.absolute())
            client.log_artifact(run_id, str(alias), folder)


def _mlflow_metrics(lines: Iterable[JournalLine]) -> Iterator["Metric"]:
    from mlflow.entities import Metric

    for line in lines:
        for name, value in with_errors(line.values).items():
            yield Metric(name, value, line.time, line.step)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
