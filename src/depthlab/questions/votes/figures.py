"""Figures of votes: ensembles against their size and cost, how often members differ, features by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from depthlab.records import Interval
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.metric_scale import set_metric_scale
from depthlab.report.palette import COLORS, LINES, MARKERS
from depthlab.report.scale import shorten

Point = tuple[float, tuple[float, ...]]  # members or cost; a value for each seed, or one

_LARGEST_LEGEND = 48  # characters of a name in it


@final
@dataclass(frozen=True)
class VoteLine:
    """One way to vote: its values over the seeds, against the number of members or the cost."""

    name: str
    points: tuple[Point, ...]
    look: int  # which color
    dashed: bool = False
    mark: int | None = None  # which marker and dashes, those of its look where it is None


@final
@dataclass(frozen=True)
class Level:
    """One pass, which has no size: drawn across the panel."""

    name: str
    values: tuple[float, ...]


@final
@dataclass(frozen=True)
class VotePanel:
    """One measure of one network."""

    title: str
    label: str  # of y
    lines: tuple[VoteLine, ...]
    levels: tuple[Level, ...] = ()


def size_figure(rows: Sequence[Sequence[VotePanel]]) -> Figure:
    """Draw measures against the number of members, a row of panels a network; bands from the best seed to the worst."""
    columns = max(len(row) for row in rows)
    size = (1.0 + 3.3 * columns, 0.6 + 3.0 * len(rows))
    figure, drawn = figure_frame(len(rows), columns, size=size, squeeze=False)
    for axes_row, row in zip(drawn, rows, strict=True):
        for axes, panel in zip(axes_row, row, strict=True):
            _draw_panel(axes, panel)
            sizes = sorted({x for line in panel.lines for x, _ in line.points})
            _set_sizes(axes, sizes)
    legend(figure, place="below", columns=2)
    return figure


def cost_figure(panel: VotePanel) -> Figure:
    """Draw a measure against the multiply-adds of a prediction, logarithmically."""
    figure, axes = figure_frame(size=(8.6, 4.4))
    _draw_panel(axes, panel)
    axes.set_xscale("log")
    axes.set_xlabel("multiply-adds for one image (millions)")
    costs = [x for line in panel.lines for x, _ in line.points]
    ticks = [10.0**power * factor for power in range(-6, 9) for factor in (1, 2, 5)]
    there = [tick for tick in ticks if min(costs) / 1.2 <= tick <= max(costs) * 1.2]
    axes.set_xticks(there, [f"{tick:g}" for tick in there])
    axes.xaxis.set_minor_locator(NullLocator())
    legend(figure, place="below", columns=2)
    return figure


def disagreement_figure(rows: Sequence[tuple[str, Sequence[float], Interval | None]]) -> Figure:
    """Draw how often two members differ, a row for each kind: points are seeds, bars the interval."""
    figure, axes = figure_frame(size=(8.6, 1.1 + 0.4 * len(rows)))
    for row, (_, values, interval) in enumerate(rows):
        if interval is not None:
            axes.plot((interval.low, interval.high), (row, row), color=COLORS[0], linewidth=2, zorder=2)
        axes.scatter(values, [row] * len(values), s=14, color=COLORS[0], alpha=0.5, zorder=3)
        axes.scatter([fmean(values)], [row], s=44, color=COLORS[0], marker=MARKERS[0], zorder=4)
    axes.set_yticks(range(len(rows)), [shorten(name, 60) for name, _, _ in rows])
    axes.set(xlabel="images on which two members differ (%)", ylim=(len(rows) - 0.5, -0.5), xlim=(0, None))
    return figure


def feature_figure(panels: Mapping[str, Mapping[str, Sequence[Sequence[float | None]]]]) -> Figure:
    """Draw measures of features by layer, a line for each network: the mean over seeds, bands over all of them.

    Args:
        panels: Measure -> network -> for each seed, the value of each layer.
    """
    figure, drawn = figure_frame(len(panels), 1, squeeze=False, size=(8.6, 0.6 + 2.5 * len(panels)))
    drawn = drawn[:, 0]
    for axes, (measure, networks) in zip(drawn, panels.items(), strict=True):
        for look, (network, seeds) in enumerate(networks.items()):
            layers = [[value for value in column if value is not None] for column in zip(*seeds, strict=True)]
            known = [(place, values) for place, values in enumerate(layers, 1) if values]
            if not known:
                continue
            x = [place for place, _ in known]
            color = COLORS[look % len(COLORS)]
            axes.plot(
                x,
                [fmean(values) for _, values in known],
                **(_style(look, look) | {"markersize": 4, "label": shorten(network, _LARGEST_LEGEND)}),
            )
            _draw_band(axes, known, color)
        axes.set(xlabel="layer", ylabel=measure)
        whole_numbers(axes)
    legend(figure, place="below", columns=2)
    return figure


def _draw_panel(axes: Axes, panel: VotePanel) -> None:
    for number, level in enumerate(panel.levels):
        mean = fmean(level.values)
        gray = ("0.25", "0.5", "0.65")[number % 3]
        axes.axhline(mean, color=gray, linestyle=(":", "-.", "--")[number % 3], linewidth=1.4, label=level.name)
    for line in panel.lines:
        x = [place for place, _ in line.points]
        means = [fmean(values) for _, values in line.points]
        style = _style(line.look, line.look if line.mark is None else line.mark) | (
            {"linestyle": "--", "linewidth": 1.0, "marker": ""} if line.dashed else {}
        )
        axes.plot(x, means, **style, label=shorten(line.name, _LARGEST_LEGEND))
        if not line.dashed:
            _draw_band(axes, line.points, COLORS[line.look % len(COLORS)])
    axes.set_title(panel.title, fontsize="medium")
    axes.set_ylabel(panel.label)
    drawn = [
        value
        for line in panel.lines
        for _, values in line.points
        for value in ((fmean(values),) if line.dashed else values)
    ]
    set_metric_scale(axes, drawn + [fmean(level.values) for level in panel.levels])


def _draw_band(axes: Axes, points: Sequence[tuple[float, Sequence[float]]], color: str) -> None:
    """Draw a band from the lowest to the highest value of each place, where one has several."""
    if any(len(values) > 1 for _, values in points):
        low, high = ([bound(values) for _, values in points] for bound in (min, max))
        axes.fill_between([x for x, _ in points], low, high, color=color, alpha=0.13, linewidth=0)


def _set_sizes(axes: Axes, sizes: Sequence[float]) -> None:
    axes.set_xscale("log")
    few = [size for size in sizes if f"{size:g}"[0] in "125"] if len(sizes) > 5 else list(sizes)
    axes.set_xticks(few, [f"{size:g}" for size in few])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("members m")


def _style(look: int, mark: int) -> dict[str, Any]:
    return {
        "color": COLORS[look % len(COLORS)],
        "marker": MARKERS[mark % len(MARKERS)],
        "linestyle": LINES[mark % len(LINES)],
        "linewidth": 1.6,
        "markersize": 5,
    }
