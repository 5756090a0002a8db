"""How trials, times and metrics are worded, on a live display, in lines and in tables."""

import json
from collections.abc import Mapping
from typing import Any

from rich.cells import cell_len

from depthlab.sweeps.plan.trial import Trial

IN_THE_NAME = ("model", "depth", "data", "seed")  # axes whose values a recipe's name has


def label(trial: Trial) -> str:
    """Return what tells a trial from the others: `resnet-56 · digits · seed 0 · width=2`."""
    return " · ".join([trial.name, *_others(trial)])


def short_label(trial: Trial) -> str:
    """Return the same without images and seed, where all trials have the same."""
    network, data, seed = trial.name.rsplit(" · ", 2)
    kept = [text for axis, text in (("data", data), ("seed", seed)) if axis in trial.values]
    return " · ".join([network, *kept, *_others(trial)])


def value_text(value: Any) -> str:
    """Return an axis' value as it is typed; numbers with four digits."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def right_aligned(text: str, width: int) -> str:
    """Return a text behind as many spaces as fill so many cells of a terminal."""
    return " " * (width - cell_len(text)) + text


def percent(accuracy: float, digits: int = 1) -> str:
    """Return the error that goes with an accuracy, `1.2 %`."""
    return f"{100 * (1 - accuracy):.{digits}f} %"


def metric_name(metric: str) -> str:
    """Return the name under which a metric is shown: of accuracies it is the error."""
    return metric.replace("/", " ").replace("accuracy", "error")


def metric_text(metric: str, metrics: Mapping[str, float]) -> str:
    """Return a metric's value as it is shown; "" where there is none yet."""
    if metric not in metrics:
        return ""
    return percent(metrics[metric]) if metric.endswith("accuracy") else f"{metrics[metric]:.4f}"


def elapsed(seconds: float) -> str:
    """Return a time that has passed: `12 s`, `3 min 20 s`, `1 h 05 min`, `2 d 3 h`."""
    whole = int(seconds)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{minutes} min {whole % 60:02d} s" if minutes else f"{whole} s"


def about(seconds: float) -> str:
    """Return an estimated time, in no finer units than an estimate deserves: `40 s`, `3 min`, `1 h 05 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 3570 else elapsed(60 * round(seconds / 60))


def _others(trial: Trial) -> list[str]:
    return [f"{axis}={value_text(value)}" for axis, value in trial.values.items() if axis not in IN_THE_NAME]
