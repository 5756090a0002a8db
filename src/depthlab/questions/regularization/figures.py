"""What factors change, how that depends on other axes, the gap between training and test, and calibration."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.questions.regularization.record import Factor, FactorialRun
from depthlab.records import CalibrationBin, Change, FactorialAxis
from depthlab.report.frame import figure_frame, legend
from depthlab.report.metric_scale import set_metric_scale
from depthlab.report.palette import COLORS, LINES, MARKERS
from depthlab.report.scale import shorten, show

_MOST_COLUMNS = 3
_WITHOUT, _WITH = COLORS[0], COLORS[1]


def effects_figure(panels: Mapping[str, tuple[str, Sequence[Change]]]) -> Figure:
    """Draw changes with their intervals, a row each, in a panel for each measure.

    Args:
        panels: Measure -> its unit, and the changes, in the same order in every panel.
    """
    rows = max(len(changes) for _, changes in panels.values())
    size = (1.8 + 3.2 * len(panels), 1.3 + 0.42 * rows)
    figure, drawn = figure_frame(1, len(panels), size=size, sharey=True, squeeze=False)
    for axes, (measure, (unit, changes)) in zip(drawn[0], panels.items(), strict=True):
        axes.axvline(0, color="0.5", linewidth=1)
        for row, one in enumerate(changes):
            _draw_change(axes, row, one)
        axes.set(title=measure, xlabel=f"change ({unit})", ylim=(rows - 0.5, -0.5))
        axes.set_yticks(range(len(changes)), [shorten(change_name(one), 34) for one in changes])
    return figure


def interaction_figure(
    runs: Sequence[FactorialRun], factors: Sequence[Factor], axes: Sequence[FactorialAxis]
) -> Figure:
    """Draw the test error against each other axis, without and with each factor: lines that are not parallel interact.

    Lines go through the means over all runs of a level, points are the runs.
    """
    named = {axis.name: axis for axis in axes}
    pairs = [
        (factor, other)
        for number, factor in enumerate(factors)
        for other in axes
        if factor.name in named and other.name not in [one.name for one in factors[: number + 1]]
    ]
    figure, panels = _grid(len(pairs), "test error (%)", sharey=True)
    for panel, (factor, other) in zip(panels, pairs, strict=True):
        for number, level in enumerate(named[factor.name].levels):
            _draw_level(panel, runs, factor.name, level, other, number)
        panel.set_xticks(range(len(other.levels)), [shorten(show(level), 12) for level in other.levels])
        panel.set(xlabel=other.name, xlim=(-0.4, len(other.levels) - 0.6))
        set_metric_scale(panel, [one.run.test_error for one in runs])
        legend(panel, title=factor.name)
    return figure


def gap_figure(cells: Mapping[str, Sequence[FactorialRun]]) -> Figure:
    """Draw training and test error of each cell, joined by their gap; means as large marks, runs as small ones."""
    figure, axes = figure_frame(size=(8.6, 1.2 + 0.3 * len(cells)))
    for row, runs in enumerate(cells.values()):
        train, test = ([getattr(one.run, f"{split}_error") for one in runs] for split in ("train", "test"))
        ends = statistics.fmean(train), statistics.fmean(test)
        axes.plot(ends, (row, row), color="0.6", linewidth=2.5, zorder=1)
        for values, mean, color, marker, label in (
            (train, ends[0], _WITHOUT, MARKERS[0], "training"),
            (test, ends[1], _WITH, MARKERS[1], "test"),
        ):
            axes.scatter(values, [row] * len(values), s=12, color=color, marker=marker, alpha=0.5, zorder=2)
            axes.scatter([mean], [row], s=46, color=color, marker=marker, label=label if row == 0 else None, zorder=3)
    axes.set_yticks(range(len(cells)), [shorten(name, 60) for name in cells])
    axes.set(xlabel="error (%)", ylim=(len(cells) - 0.5, -0.5), xlim=(0, None))
    legend(figure, place="below", columns=2)
    return figure


def reliability_figure(panels: Mapping[str, Mapping[str, Sequence[CalibrationBin]]]) -> Figure:
    """Draw how often networks are right against how sure they are, a panel a factor; marks grow with the images."""
    figure, drawn = _grid(len(panels), "share that is right", sharex=True, sharey=True)
    for axes, (name, levels) in zip(drawn, panels.items(), strict=True):
        axes.plot((0, 1), (0, 1), color="0.5", linewidth=1, linestyle=":")
        for number, (label, bins) in enumerate(levels.items()):
            there = [(one.confidence, one.accuracy, one.count) for one in bins if one.count]
            total = sum(count for _, _, count in there)
            confidence, accuracy, _ = zip(*there, strict=True)
            sizes = [12 + 160 * (count / total) ** 0.5 for _, _, count in there]
            color = COLORS[number]
            axes.plot(confidence, accuracy, color=color, linestyle=LINES[number], linewidth=1.2, zorder=2)
            axes.scatter(
                confidence, accuracy, s=sizes, color=color, marker=MARKERS[number], alpha=0.65, label=label, zorder=3
            )
        axes.set(xlim=(0, 1.04), ylim=(-0.04, 1.06), xlabel="confidence")
        legend(axes, title=name)
    return figure


def change_name(one: Change) -> str:
    """Return what changes, and where: `dropout at depth 20`."""
    at = ", ".join(f"{axis} {show(level)}" for axis, level in one.at.items())
    less = ", ".join(f"{axis} {show(level)}" for axis, level in one.less.items())
    if less:
        return f"{one.axis}: {at} less {less}"
    return f"{one.axis} at {at}" if at else one.axis


def _grid(count: int, label: str, *, sharex: bool = False, sharey: bool = False) -> tuple[Figure, list[Axes]]:
    """Return a figure and as many panels, in rows of three at most, with a label at the left of each row."""
    columns = min(count, _MOST_COLUMNS)
    rows = -(-count // columns)
    size = (0.9 + 3.35 * columns, 0.45 + 3.2 * rows)
    figure, panels = figure_frame(rows, columns, size=size, sharex=sharex, sharey=sharey, squeeze=False)
    for first in panels[:, 0]:
        first.set_ylabel(label)
    for unused in list(panels.flat)[count:]:
        unused.set_visible(False)
    return figure, list(panels.flat)[:count]


def _draw_change(axes: Axes, row: int, one: Change) -> None:
    if one.difference is None:
        axes.text(0, row, "can't be told", ha="center", va="center", fontsize="small")
        return
    color = COLORS[0] if not one.at else COLORS[2]
    if one.interval is not None:
        axes.plot((one.interval.low, one.interval.high), (row, row), color=color, linewidth=2, zorder=2)
    axes.scatter([one.difference], [row], color=color, marker=MARKERS[0] if not one.at else MARKERS[3], s=36, zorder=3)


def _draw_level(
    axes: Axes, runs: Sequence[FactorialRun], name: str, level: Any, other: FactorialAxis, number: int
) -> None:
    color, means = COLORS[number], []
    for place, there in enumerate(other.levels):
        values = [one.run.test_error for one in runs if one.levels[name] == level and one.levels[other.name] == there]
        means.append(statistics.fmean(values) if values else np.nan)
        shift = 0.08 * (2 * number - 1)
        axes.scatter([place + shift] * len(values), values, s=14, color=color, marker=MARKERS[number], alpha=0.5)
    axes.plot(
        range(len(means)),
        means,
        color=color,
        marker=MARKERS[number],
        linestyle=LINES[number],
        linewidth=1.7,
        label=show(level),
    )
