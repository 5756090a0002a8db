"""Saved views of MLflow's charts, as its pages read them from the tags of an experiment.

A tag `mlflow.sharedViewState.KEY` holds what the page shows when a link names the key: which runs, how they are
grouped, and charts. With a name it is listed in the menu "Views" (MLflow 3.17). In versions that know no views, the
links open on the list of runs.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from depthlab.tracking.mlflow_metrics import is_number
from depthlab.tracking.mlflow_run import SUPERSEDED
from depthlab.tracking.notes import NOTE, experiment_note

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

Chart = Mapping[str, Any]

TAG = "mlflow.sharedViewState."
_KIND = {"mlflow.experimentKind": "custom_model_development"}  # the page for training opens, not that for agents
_KEPT = "depthlab.views"  # which version of the views below the experiment has
_VERSION = "2"
_KEPT_NOTE = "depthlab.note"  # the note as it was written, to tell whether a person has changed it
RUNS = "tags.`depthlab.fingerprint` LIKE '%'"  # runs of networks, not those of sweeps
_ALL = f"{RUNS} AND tags.`{SUPERSEDED}` IS NULL"  # each recipe once
# Views without charts: of questions whose numbers are no metrics of runs, as they are in the answer's page.
TABLES = frozenset({"sweeps", "anatomy", "lesion", "paths", "reuse", "votes"})
_NEWEST = "attributes.start_time"
_SECTION = "depthlab"
# Charts that MLflow adds by itself, one for each metric, by the beginnings of the metrics' names: folded.
_FOLDED = ("final", "model", "test", "throughput", "train", "val", "Model metrics", "System metrics")


@final
@dataclass(frozen=True)
class View:
    """What a page shows: the runs that `where` finds, averaged over those that share parameters, and charts."""

    key: str  # as links name it
    name: str  # in MLflow's menu; "" keeps the view out of it
    where: str  # MLflow's filter
    groups: tuple[str, ...] = ()  # parameters
    charts: tuple[Chart, ...] = ()
    metrics: tuple[str, ...] = ()  # columns of the table
    params: tuple[str, ...] = ()  # likewise
    # By a metric, as MLflow puts trials under their sweep where runs are in the order of time.
    order: str = "metrics.`val/error_percent`"

    @property
    def tag(self) -> tuple[str, str]:
        """The name and the value of the experiment's tag."""
        state = json.dumps(self._state, separators=(",", ":"))
        packed = "deflate;" + base64.b64encode(zlib.compress(state.encode(), 9)).decode()
        named = {"name": self.name, "createdAt": 0, "updatedAt": 0, "state": packed}
        return TAG + self.key, json.dumps(named) if self.name else packed

    @property
    def _state(self) -> dict[str, Any]:
        keys = [{"mode": "param", "groupByData": name} for name in self.groups]
        columns = [f"metrics.`{name}`" for name in self.metrics] + [f"params.`{name}`" for name in self.params]
        charts = [
            {"uuid": f"{self.key}-{place}", "metricSectionId": _SECTION, "runsCountToCompare": 100, **chart}
            for place, chart in enumerate(self.charts)
        ]
        return {
            "searchFilter": self.where,
            "orderByKey": self.order,
            "orderByAsc": self.order.startswith("metrics."),
            "startTime": "ALL",
            "lifecycleFilter": "Active",
            "datasetsFilter": [],
            "modelVersionFilter": "All Runs",
            "selectedColumns": columns,
            "groupBy": {"aggregateFunction": "average", "groupByKeys": keys} if keys else None,
            "groupsExpanded": {},
            "runsHiddenMode": "SHOW_ALL",
            "useGroupedValuesInCharts": True,
            "hideEmptyCharts": True,
            "compareRunCharts": charts,
            "compareRunSections": [
                {"uuid": _SECTION, "name": "Answer", "display": True, "columns": 2},
                *({"uuid": f"{_SECTION}-{name}", "name": name, "display": False} for name in _FOLDED),
            ],
            "isAccordionReordered": True,
        }


def lines(metric: str, *, against: str = "") -> Chart:
    """Return a chart of a metric as a line for each group, with its range: over steps, or against another metric."""
    axis = {"xAxisKey": "metric", "selectedXAxisMetricKey": against} if against else {"xAxisKey": "step"}
    return {
        "type": "LINE",
        "metricKey": metric,
        "selectedMetricKeys": [metric],
        "lineSmoothness": 0,
        "scaleType": "linear",
        "xAxisScaleType": "linear",
        "selectedXAxisMetricKey": "",
        "useGlobalXaxisKey": False,
        "useGlobalLineSmoothing": False,
        "yAxisKey": "metric",
        "yAxisExpressions": [],
        "displayPoints": bool(against),
        "range": {},
        **axis,
    }


def points(x: str, y: str) -> Chart:
    """Return a chart of one metric against another, with a point for each group."""
    return {"type": "SCATTER", "xaxis": {"key": x, "type": "METRIC"}, "yaxis": {"key": y, "type": "METRIC"}}


def bars(metric: str) -> Chart:
    """Return a chart of a metric with a bar for each group."""
    return {"type": "BAR", "metricKey": metric}


def parallel(params: Sequence[str], metrics: Sequence[str]) -> Chart:
    """Return parallel coordinates: a line for each run through its parameters and metrics."""
    return {
        "type": "PARALLEL",
        "selectedParams": list(params),
        "selectedMetrics": list(metrics),
        "showAllRuns": True,
    }


def axis_along(axes: Iterable[str], values: Sequence[Mapping[str, Any]]) -> str:
    """Return the axis along which errors are drawn: depth, or else the first that is a number; "" for none."""
    numeric = [axis for axis in axes if axis != "seed" and all(is_number(one.get(axis)) for one in values)]
    return "depth" if "depth" in numeric else next(iter(numeric), "")


def views_of_axes(
    key: str, where: str, axes: Sequence[str], *, along: str, names: Mapping[str, str], test: bool = True
) -> tuple[View, ...]:
    """Return the four views of some runs: errors along an axis, cost, curves, and everything that was varied.

    Args:
        key: The keys of the views begin with it.
        where: MLflow's filter for the runs.
        axes: What varies among them, by the names of parameters.
        along: The numeric axis along which errors are drawn, a metric too; "" for a bar for each network.
        names: Key without its beginning -> name in the menu; others are not listed.
        test: Whether test errors may be shown: a search sees none.
    """
    errors = [*(["test/error_percent"] if test else []), "final/train_error_percent", "val/error_percent"]
    networks = tuple(dict.fromkeys(("model", *(axis for axis in axes if axis != "seed"))))
    others = tuple(axis for axis in networks if axis != along)
    answer = [lines(error, against=along) for error in errors] if along else [bars(error) for error in errors]
    costs = [points(f"model/{cost}", errors[0]) for cost in ("parameters", "multiply_adds")]
    curves = [lines(name) for name in ("train/error_percent", "val/error_percent", "train/loss", "val/loss")]
    compared = [errors[0]] if test else ["val/error_percent"]
    shown = {
        along or "networks": (others, answer),
        "cost": (networks, costs),
        "curves": (networks, curves),
        "axes": ((), [parallel([*networks, *(["seed"] if "seed" in axes else [])], compared)]),
    }
    columns = (*errors, "model/parameters", "model/multiply_adds")
    params = tuple(dict.fromkeys((*networks, "data", "seed")))
    return tuple(
        View(f"{key}{part}", names.get(part, ""), where, groups, tuple(charts), columns, params)
        for part, (groups, charts) in shown.items()
    )


def experiment_views() -> tuple[View, ...]:
    """Return the views that every experiment has."""
    names = {"depth": "Depth", "cost": "Cost", "curves": "Curves", "axes": "Axes"}
    axes = ("model", "data", "epochs", "depth", "width", "seed")  # averages are over everything else
    views = views_of_axes("", _ALL, axes, along="depth", names=names)
    columns = ("best/test/error_percent", "best/test/error_percent_sd", "best/val/error_percent", "best/seeds")
    counts = ("trials/finished", "trials/total")
    sweeps = View("sweeps", "Sweeps", "tags.`depthlab.kind` = 'sweep'", metrics=(*columns, *counts), order=_NEWEST)
    return (*views, sweeps)


def keep_experiment_views(client: "MlflowClient", experiment: "Experiment") -> None:
    """Write the views that every experiment has into its tags, unless they are there; see `keep_views`."""
    if experiment.tags.get(_KEPT) != _VERSION:
        missing = {name: value for name, value in _KIND.items() if name not in experiment.tags}
        keep_views(client, experiment.experiment_id, experiment_views(), missing | {_KEPT: _VERSION})
        keep_experiment_note(client, experiment.experiment_id)


def keep_experiment_note(client: "MlflowClient", experiment_id: str) -> None:
    """Write the note of an experiment, with its newest sweeps; one that a person wrote stays."""
    tags = client.get_experiment(experiment_id).tags
    if tags.get(NOTE) != tags.get(_KEPT_NOTE):
        return
    order = ["attributes.start_time DESC"]
    sweeps = client.search_runs([experiment_id], "tags.`depthlab.kind` = 'sweep'", max_results=10, order_by=order)
    listed = [(run.info.run_id, run.info.run_name, run.data.tags.get("depthlab.command", "")) for run in sweeps]
    note = experiment_note(experiment_id, listed)
    keep_views(client, experiment_id, (), {NOTE: note, _KEPT_NOTE: note})


def keep_views(
    client: "MlflowClient", experiment_id: str, views: Iterable[View], more_tags: Mapping[str, str] | None = None
) -> bool:
    """Write views into the tags of an experiment, and return whether the store has taken them."""
    from mlflow.exceptions import MlflowException

    tags = dict(view.tag for view in views) | dict(more_tags or {})
    try:
        for name, value in tags.items():
            client.set_experiment_tag(experiment_id, name, value)
    except MlflowException as error:
        if error.error_code not in ("INVALID_PARAMETER_VALUE", "PERMISSION_DENIED"):
            raise
        return False
    return True
