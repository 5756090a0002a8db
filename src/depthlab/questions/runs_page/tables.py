"""Runs that were found as tables: by what they share, one by one, and those that broke."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from depthlab.questions.runs_page.page_groups import RunSelection, group_by, value_of
from depthlab.questions.runs_page.tables_versions import version_of
from depthlab.records import FoundRun, TrialState
from depthlab.report.blocks import PageTable
from depthlab.report.cells import Estimate
from depthlab.report.drawn_trials import Quantity
from depthlab.report.names import without_shared
from depthlab.report.scale import show
from depthlab.report.trial_groups import SEED

_METRICS = ("test/accuracy", "val/accuracy", "final/train_accuracy")
_FEW_KEYS = 3  # so many name a row
_LABELS = {"final/train_accuracy": "training error (%)"}


def settings_table(counted: Sequence[FoundRun], keys: Sequence[str], metric: str) -> PageTable:
    """Return a row for each combination of the keys but the seed: mean and spread over its finished runs.

    Means are over what is a number; how many runs broke stands beside them. Where the keys are many they stand behind
    the errors, and a name for the setting before them.
    """
    shown = [key for key in keys if key != SEED]
    metrics = [name for name in dict.fromkeys((metric, *_METRICS)) if any(name in run.metrics for run in counted)]
    rows = []
    for values, runs in group_by(counted, shown).items():
        finished = [run for run in runs if run.state == TrialState.FINISHED]
        others = Counter(run.state for run in runs if run.state != TrialState.FINISHED)
        told = ", ".join(f"{count} {state}" for state, count in others.items())
        size = next((run.metrics["model/parameters"] for run in finished if "model/parameters" in run.metrics), None)
        means = [_mean(finished, name) for name in metrics]
        end = (None if size is None else int(size), len(finished), told or None)
        name = " · ".join(show(value) for value in values if value is not None)
        rows.append((name, *means, *values, *end) if len(shown) > _FEW_KEYS else (*values, *means, *end))
    labels = [label(name) for name in metrics]
    head = ("setting", *labels, *shown) if len(shown) > _FEW_KEYS else (*shown, *labels)
    caption = "Means over the finished runs of a row."
    return PageTable((*head, "parameters", "finished", "others"), tuple(rows), caption, "settings", _images(counted))


def runs_table(runs: Sequence[FoundRun], keys: Sequence[str], found: RunSelection) -> PageTable:
    """Return a row for each run, in whatever state, the newest first."""
    metrics = [name for name in _METRICS if any(name in run.metrics for run in runs)]
    newest = sorted(runs, key=lambda run: datetime.fromisoformat(run.created), reverse=True)
    rows = tuple(
        (
            name,
            *(_value(run, metric) for metric in metrics),
            *(value_of(run, key) for key in keys),
            run.state,
            None if run.seconds is None else round(run.seconds / 60, 2),
            run.created[:16].replace("T", " "),
            version_of(run),
            run.folder or f"none here; MLflow has {run.run_id}",
            found.remark(run) or None,
        )
        for run, name in zip(newest, without_shared([run.name for run in newest]), strict=True)
    )
    head = ("run", *map(label, metrics), *keys, "state", "minutes", "begun (UTC)", "commit", "folder", "remark")
    caption = "Every run that was found, the newest first. Values of runs that have not finished are their latest."
    return PageTable(head, rows, caption, "runs", _images(runs))


def broken_table(runs: Sequence[FoundRun], found: RunSelection) -> PageTable | None:
    """Return a row for each run that did not finish, and why, as far as it is known; None if there is none."""
    rows = tuple(
        (run.name, run.state, run.fault, _last_epoch(run), run.message or None, run.folder, found.remark(run) or None)
        for run in runs
        if run.state != TrialState.FINISHED
    )
    head = ("run", "state", "fault", "epochs", "what is known", "folder", "remark")
    return PageTable(head, rows, "Runs that are not finished.", "unfinished") if rows else None


def label(metric: str) -> str:
    """Return what a column of a metric is called."""
    return _LABELS.get(metric, Quantity(metric).label)


def _value(run: FoundRun, metric: str) -> float | None:
    value = run.metrics.get(metric, math.nan)
    if not math.isfinite(value):
        return None
    return 100 * (1 - value) if metric.endswith("accuracy") else value


def _mean(runs: Sequence[FoundRun], metric: str) -> Estimate | None:
    values = [value for run in runs if (value := _value(run, metric)) is not None]
    return Estimate.of(values, f"({len(values)} of {len(runs)})" if len(values) < len(runs) else "")


def _images(runs: Sequence[FoundRun]) -> int:
    return min((run.images for run in runs if run.images), default=0)


def _last_epoch(run: FoundRun) -> float | None:
    points = run.curves.get("train/loss") or run.curves.get("val/loss")
    return points[-1][0] if points else 0
