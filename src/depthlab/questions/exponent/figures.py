"""Robustness and effective size against cost, along depth and along cardinality, in one figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from depthlab.questions.exponent.record import ExponentRun
from depthlab.report.frame import figure_frame, legend
from depthlab.report.palette import COLORS, MARKERS

AXES = ("depth", "cardinality")
_LOOKS = {"depth": (COLORS[0], MARKERS[0]), "cardinality": (COLORS[2], MARKERS[2]), "others": ("0.5", MARKERS[3])}

Value = Callable[[ExponentRun], float | None]


@final
@dataclass(frozen=True)
class RemovalPanel:
    """What is drawn in one panel: a title, a number of each run, and whether it lies on a logarithmic scale."""

    title: str
    value: Value
    log: bool = False


def along(axis: str, runs: Sequence[ExponentRun]) -> list[ExponentRun]:
    """Return the runs whose networks differ from the smallest on one axis alone, the smallest among them."""
    if not runs:
        return []
    base = min(runs, key=lambda run: (run.units, run.cardinality))
    if axis == "depth":
        return [run for run in runs if run.cardinality == base.cardinality]
    return [run for run in runs if run.units == base.units]


def exponents(runs: Sequence[ExponentRun], panels: Sequence[RemovalPanel]) -> Figure:
    """Draw each panel against multiply-adds: a point a run, a line through means along depth and along cardinality.

    Numbers at the points of the first panel are n x C, the units and the groups of each.
    """
    rows = -(-len(panels) // 3)
    figure, grid = figure_frame(rows, 3, squeeze=False, size=(9.6, 3.0 * rows + 0.5))
    grid = grid.flatten()
    for place, (axes, panel) in enumerate(zip(grid, panels, strict=False)):
        _draw(axes, runs, panel, named=place == 0)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    legend(figure, place="below", columns=3)
    return figure


def _draw(axes: Axes, runs: Sequence[ExponentRun], panel: RemovalPanel, *, named: bool) -> None:
    value_of = {id(run): panel.value(run) for run in runs}
    lines = {axis: along(axis, runs) for axis in AXES}
    beside = [run for run in runs if all(run not in line for line in lines.values())]
    for axis, members in (*lines.items(), ("others", beside)):
        color, marker = _LOOKS[axis]
        points = [(run.multiply_adds, value) for run in members if (value := value_of[id(run)]) is not None]
        if not points or (axis in AXES and len({cost for cost, _ in points}) < 2):
            continue
        places, values = [cost for cost, _ in points], [value for _, value in points]
        axes.scatter(places, values, s=18, color=color, marker=marker, alpha=0.5, zorder=3)
        costs = sorted({cost for cost, _ in points})
        means = [float(np.mean([value for cost, value in points if cost == here])) for here in costs]
        label = f"along {axis}" if axis in AXES else "other networks"
        line = "-" if axis in AXES else ""
        axes.plot(costs, means, color=color, marker=marker, linestyle=line, linewidth=1.5, markersize=5, label=label)
    if named:
        _name(axes, runs, value_of)
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    costs = sorted({run.multiply_adds for run in runs})
    ticks = [costs[0], costs[-1]] if len(costs) > 1 else costs
    axes.set_xticks(ticks, [_amount(tick) for tick in ticks])
    if panel.log and any(value is not None for value in value_of.values()):
        axes.set_yscale("log", base=2)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_title(panel.title, fontsize="small")
    axes.set_xlabel("multiply-adds", fontsize="small")
    axes.tick_params(labelsize="small")


def _name(axes: Axes, runs: Sequence[ExponentRun], value_of: Mapping[int, float | None]) -> None:
    for network in dict.fromkeys(run.network for run in runs):
        same = [run for run in runs if run.network == network]
        values = [value for run in same if (value := value_of[id(run)]) is not None]
        if values:
            place = (same[0].multiply_adds, float(np.mean(values)))
            text = f"{same[0].units}x{same[0].cardinality}"
            axes.annotate(text, place, xytext=(4, 5), textcoords="offset points", fontsize=7, color="0.3")


def _amount(value: float) -> str:
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:g}"
