"""Runs as an MLflow store has them, for those whose folders are somewhere else or gone."""

import ast
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from depthlab.records import FoundRun, TrialState, redact
from depthlab.tracking.address import check_store
from depthlab.tracking.mlflow_metrics import measured
from depthlab.tracking.mlflow_run import AXES_TAG
from depthlab.tracking.store import prepare_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_CURVES = ("train/loss", "train/accuracy", "val/loss", "val/accuracy")
_STATES = {"FINISHED": TrialState.FINISHED, "FAILED": TrialState.FAILED, "KILLED": TrialState.CUT_OFF}
_PAGE = 1000


def stored_runs(uri: str, *, where: str = "") -> list[FoundRun]:
    """Return the runs of this lab that a store has, oldest first, without their curves.

    Args:
        uri: The store, as `resolve_uri` returns it.
        where: A filter in MLflow's own syntax, `metrics."val/accuracy" > 0.9`.

    Raises:
        ValueError: The store can't be used, or the filter not be read; one line.
    """
    check_store(uri)
    client = _client(uri)
    from mlflow.exceptions import MlflowException

    found: list[FoundRun] = []
    try:
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        token = None
        while experiments:
            page = client.search_runs(experiments, where, max_results=_PAGE, page_token=token)
            found += [_found(run) for run in page if "depthlab.fingerprint" in run.data.tags]
            token = page.token
            if not token:
                break
    except MlflowException as error:
        reason = " ".join(redact(str(error)).split())[:300]
        if where and error.error_code == "INVALID_PARAMETER_VALUE":
            raise ValueError(f"filter={where} can't be read by MLflow: {reason}") from error
        raise ValueError(f"the store {redact(uri)} can't be read: {reason}") from error
    return sorted(found, key=lambda run: run.created)


def stored_curves(uri: str, run_id: str) -> dict[str, list[list[float]]]:
    """Return a run's metrics by epoch, as [epoch, value]."""
    client = _client(uri)
    curves = {}
    for name in _CURVES:
        # MLflow knows steps and no epochs; these metrics are written once an epoch.
        history = sorted(client.get_metric_history(run_id, name), key=lambda metric: metric.step)
        if history:
            curves[name] = [[float(place), metric.value] for place, metric in enumerate(history, 1)]
    return curves


def _client(uri: str) -> "MlflowClient":
    prepare_mlflow()
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _found(run: "Run") -> FoundRun:
    tags, info = run.data.tags, run.info
    pruned = tags.get("depthlab.pruned") == "true"
    commit = tags.get("depthlab.commit", "none")
    params = run.data.params
    known = json.loads(tags.get(AXES_TAG, "null")) or params  # a run of a version that had axes alone
    axes = {name: _value(params[name]) for name in known if name in params}
    metrics = measured(run.data.metrics, params)
    ended = info.end_time
    return FoundRun(
        name=info.run_name or info.run_id,
        fingerprint=tags["depthlab.fingerprint"],
        state=TrialState.PRUNED if pruned else _STATES.get(info.status, TrialState.RUNNING),
        created=datetime.fromtimestamp(info.start_time / 1000, UTC).isoformat(timespec="seconds"),
        axes=axes,
        settings=dict(axes),
        metrics={name: value for name, value in metrics.items() if not name.startswith("system/")},
        fault=tags.get("depthlab.fault") or ("unknown" if info.status == "FAILED" else None),
        message=tags.get("depthlab.fault.message", ""),
        run_id=info.run_id,
        seconds=(ended - info.start_time) / 1000 if ended else None,
        commit=None if commit == "none" else commit,
        changed=tags.get("depthlab.changed") == "true",
        hardware=_hardware(tags),
        data=tags.get("depthlab.data_checksum", ""),
    )


def _hardware(tags: Mapping[str, str]) -> str:
    known = [tags.get(f"depthlab.{name}", "") for name in ("hardware", "threads", "precision")]
    return f"{known[0]}, threads: {known[1]}, {known[2]}"


def _value(text: str) -> Any:
    """Read a parameter back, which a store keeps as text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
