"""The learning curves of many runs in one figure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.records import FoundRun, TrialState
from depthlab.report.figures import training_label
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.palette import BROKEN, Style, styles
from depthlab.report.scale import shorten

MOST_GROUPS = 8
_ROOM = 1.08  # above the highest point


def run_curves(groups: Mapping[str, Sequence[FoundRun]], *, by: str = "") -> Figure:
    """Draw training and validation error (%) of each run against the epoch.

    A group has a color. Lines of runs that did not finish are dashed and end in an open circle, or in a cross where
    the run failed. Of more than eight groups all lines are gray: then they show the spread and nothing else.

    Args:
        groups: What runs of a group share, in words -> the runs.
        by: What groups differ in, above their colors.
    """
    figure, panels = figure_frame(1, 2, size=(9, 3.8), sharey=True)
    many = len(groups) > MOST_GROUPS
    looks = (
        [Style("0.45", "", "-")] * len(groups)
        if many
        else styles([(place,) for place in range(len(groups))], ordered=False)
    )
    highest = 0.0
    for (label, runs), look in zip(groups.items(), looks, strict=True):
        for panel, split in zip(panels, ("train", "val"), strict=True):
            highest = max([highest, *(_draw(panel, run, f"{split}/accuracy", look.color) for run in runs)])
        if not many:
            panels[1].plot([], [], color=look.color, label=shorten(label, 40))
    labels = dict.fromkeys(training_label(run.axes) for runs in groups.values() for run in runs)
    training = labels.popitem()[0] if len(labels) == 1 else "training (some with mixed labels, running)"
    for panel, title in zip(panels, (training, "validation"), strict=True):
        panel.set(title=title, xlabel="epoch", ylim=(0, highest * _ROOM or 1))
    whole_numbers(*panels)
    panels[0].set_ylabel("error (%)")
    if not many and len(groups) > 1:
        legend(figure, place="below", title=by)
    return figure


def has_curves(run: FoundRun) -> bool:
    """Whether there is something to draw of the run."""
    return bool(run.curves.get("val/accuracy") or run.curves.get("train/accuracy"))


def _draw(panel: Axes, run: FoundRun, metric: str, color: Any) -> float:
    """Draw a run's curve and return its highest point."""
    points = [(epoch, 100 * (1 - value)) for epoch, value in run.curves.get(metric, []) if math.isfinite(value)]
    if not points:
        return 0.0
    epochs, errors = zip(*points, strict=True)
    done = run.state == TrialState.FINISHED
    marker = "o" if done and len(points) == 1 else ""
    panel.plot(epochs, errors, color=color, linewidth=1.3, alpha=0.8, linestyle="-" if done else "--", marker=marker)
    if not done:
        failed = run.state in (TrialState.FAILED, TrialState.DIVERGED)
        end = {"marker": "x", "color": BROKEN} if failed else {"marker": "o", "color": color, "markerfacecolor": "none"}
        panel.plot(epochs[-1:], errors[-1:], linestyle="", zorder=4, **end)
    return float(max(errors))
