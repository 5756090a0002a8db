"""A sweep's metric against one of its axes: a line for each combination of the others, or points if they are many."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from depthlab.records import SweepRecord, TrialRecord
from depthlab.report.drawn_trials import Drawn, Quantity, broken_trials, count_trials, drawn_trials
from depthlab.report.frame import figure_frame, legend
from depthlab.report.metric_scale import set_metric_scale
from depthlab.report.palette import BROKEN, Style, styles
from depthlab.report.scale import Scale, scale_of, shorten, show
from depthlab.report.table_text import UNKNOWN
from depthlab.report.trial_groups import SEED, TrialGroup, group_trials, telling_axes, varies

MOST_GROUPS = 8
_DODGE = 0.6  # of the distance between two categories, taken by all groups together
_CROWDED = 60  # characters of all tick labels; more of them are slanted


def metric_against_axis(record: SweepRecord, axis: str, metric: str = "val/accuracy", *, noun: str = "trial") -> Figure:
    """Draw a metric against one axis of the sweep.

    Every trial that has a value is a point. Trials that differ in their seed alone belong together: the line goes
    through their mean, with one sample standard deviation to either side. A line is one combination of the other
    axes; where there are more than eight, the points are told apart by one of them at most. Pruned trials are open
    points at their latest value; those without a value are crosses at the upper edge, and all are counted below.

    Args:
        record: The sweep, at whatever stage.
        axis: The key that goes along x; of the seed, whose values have no order, the settings do.
        metric: What goes along y; accuracies are drawn as errors in percent.
        noun: What a reader calls a trial.
    """
    if axis == SEED:
        record, axis = _by_setting(record)
    drawn, broken = drawn_trials(record, metric), broken_trials(record, metric)
    scale = scale_of(trial.values.get(axis) for trial in record.trials)
    others = [key for key in record.axes if key not in (axis, SEED) and varies(record, key)]
    shown = telling_axes(record, others, MOST_GROUPS)
    groups = group_trials(record.trials, shown)
    ordered = len(shown) == 1 and scale_of(group.key[0] for group in groups).numeric
    looks = styles([group.places for group in groups], ordered=ordered)
    figure, axes = figure_frame(size=(6.4, 4.2))
    panel = _Panel(axes, axis, scale, as_lines=shown == others, groups=len(groups), noun=noun)
    panel.set_scales([one.value for one in drawn], Quantity(metric).label)
    for place, (group, style) in enumerate(zip(groups, looks, strict=True)):
        panel.draw_points([one for one in drawn if one.trial.index in group.trials], place, style)
        panel.draw_broken([trial for trial in broken if trial.index in group.trials], place)
        panel.name(group, style)
    panel.draw_medians(drawn)
    legend(figure, title=" · ".join(shorten(key, 24) for key in shown))
    panel.axes.set_title(shorten(record.name, 70), fontsize="medium")
    lines = [count_trials(record, metric, noun=noun), "; ".join(panel.explain(record, drawn, broken))]
    figure.supxlabel("\n".join(filter(None, lines)), fontsize="x-small", color="0.35")
    return figure


def _by_setting(record: SweepRecord) -> tuple[SweepRecord, str]:
    """Return the sweep with its settings, which differ in more than the seed, as one axis of words; and its name."""
    keys = [key for key in record.axes if key != SEED and varies(record, key)]
    name = " · ".join(keys) or "all seeds"

    def values(trial: TrialRecord) -> dict[str, Any]:
        return {name: " · ".join(show(trial.values.get(key)) for key in keys), SEED: trial.values.get(SEED)}

    trials = tuple(replace(trial, values=values(trial)) for trial in record.trials)
    return replace(record, axes=(name, SEED), trials=trials), name


@final
class _Panel:
    """The axes of the figure, and how trials are laid out on them."""

    def __init__(self, axes: Axes, axis: str, scale: Scale, *, as_lines: bool, groups: int, noun: str) -> None:
        self.axes = axes
        self._axis = axis
        self._scale = scale
        self._as_lines = as_lines
        self._groups = groups
        self._noun = noun
        self._medians = not as_lines and len(scale.values) <= MOST_GROUPS

    def set_scales(self, values: Sequence[float], label: str) -> None:
        axes, scale = self.axes, self._scale
        set_metric_scale(axes, values)
        axes.set(xlabel=shorten(self._axis, 60), ylabel=label)
        if scale.log:
            axes.set_xscale("log")
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_minor_formatter(NullFormatter())
        crowded = sum(len(label) + 1 for label in scale.labels) > _CROWDED
        axes.set_xticks(scale.ticks, scale.labels, rotation=35 if crowded else 0, ha="right" if crowded else "center")
        axes.set_xlim(*scale.limits)

    def draw_points(self, members: Sequence[Drawn], group: int, style: Style) -> None:
        """Draw each trial, and the means over seeds if there are lines."""
        for pruned in (False, True):
            some = [one for one in members if one.pruned is pruned]
            self.axes.scatter(
                [self._x(one.trial, group) for one in some],
                [one.value for one in some],
                s=20,
                marker=style.marker,
                facecolors="none" if pruned else style.color,
                edgecolors=style.color,
                alpha=0.65,
                zorder=3,
            )
        if self._as_lines:
            self._draw_means([one for one in members if not one.pruned], group, style)

    def draw_broken(self, broken: Sequence[TrialRecord], group: int) -> None:
        """Mark the trials without a value at the upper edge, where their value of the axis lies."""
        x = [self._x(trial, group) for trial in broken]
        edge = self.axes.get_xaxis_transform()
        self.axes.scatter(x, [0.98] * len(x), s=32, marker="x", color=BROKEN, transform=edge, zorder=5)

    def draw_medians(self, drawn: Sequence[Drawn]) -> None:
        """Draw a bar at the median of each value's finished trials, where there are no lines and few values."""
        for value in self._scale.values if self._medians else ():
            here = [one.value for one in drawn if one.trial.values.get(self._axis) == value and not one.pruned]
            if here:
                x = self._scale.place(value)
                self.axes.plot([x], [np.median(here)], marker="_", markersize=24, color="0.1", zorder=4)

    def name(self, group: TrialGroup, style: Style) -> None:
        """Put a group into the legend."""
        label = " · ".join(UNKNOWN if value is None else shorten(show(value)) for value in group.key)
        line = style.line if self._as_lines and self._scale.numeric else ""
        self.axes.plot([], [], color=style.color, marker=style.marker, linestyle=line, label=label)

    def explain(self, record: SweepRecord, drawn: Sequence[Drawn], broken: Sequence[TrialRecord]) -> list[str]:
        """Return what a reader has to know of the marks."""
        if not drawn:
            self.axes.text(
                0.5, 0.5, f"no {self._noun} has a value yet", transform=self.axes.transAxes, ha="center", color="0.4"
            )
        return [
            text
            for text, holds in (
                (
                    "mean ± one standard deviation over seeds",
                    self._as_lines and varies(record, SEED),
                ),
                (f"bars: median of the finished {self._noun}s", self._medians),
                ("open points: pruned, latest value", any(one.pruned for one in drawn)),
                ("crosses: no value", bool(broken)),
            )
            if holds and (drawn or broken)
        ]

    def _x(self, trial: TrialRecord, group: int) -> float:
        """Return where a trial lies: at its value, or at its category, beside the other groups."""
        place = self._scale.place(trial.values.get(self._axis))
        if self._scale.numeric:
            return place
        # Points of one category are spread in a way that is always the same for a trial.
        spread = 0.0 if self._as_lines else 0.8 * _DODGE / self._groups * (trial.index * 0.618034 % 1 - 0.5)
        return place + _DODGE * ((group + 0.5) / self._groups - 0.5) + spread

    def _draw_means(self, finished: Sequence[Drawn], group: int, style: Style) -> None:
        at: dict[float, list[float]] = {}
        for one in finished:
            at.setdefault(self._x(one.trial, group), []).append(one.value)
        x = np.array(sorted(at))
        mean = np.array([np.mean(at[place]) for place in x])
        std = np.array([np.std(at[place], ddof=1) if len(at[place]) > 1 else 0.0 for place in x])
        # An error ends at zero, where a logarithm never gets.
        low = np.where(mean - std > 0, mean - std, np.array([min(at[place]) for place in x]))
        if self._scale.numeric:
            alpha = 0.16 if self._groups <= 4 else 0.09
            self.axes.plot(x, mean, color=style.color, linestyle=style.line, linewidth=1.6, zorder=2)
            self.axes.fill_between(x, low, mean + std, color=style.color, alpha=alpha, linewidth=0, zorder=1)
        elif at:
            bars = [np.abs(mean - low), std]
            self.axes.errorbar(x, mean, yerr=bars, fmt="_", color=style.color, markersize=9, capsize=2, linewidth=1.4)
