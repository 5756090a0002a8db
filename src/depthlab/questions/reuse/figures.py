"""Maps of feature reuse as heat maps, and how reading fades with distance."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from depthlab.questions.reuse.record import INPUT, SHARE, ReuseMap, ReuseRun
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.palette import COLORS, LINES, MARKERS

MOST_TICKS = 14  # labels along an axis of a heat map
_LONGEST_ROW = 3  # panels side by side
_UPRIGHT = 7  # labels that fit side by side below a panel
_SHORT = {"transition": "trans.", "classifier": "class."}

Values = npt.NDArray[np.float64]
Pick = Callable[[ReuseRun], tuple[ReuseMap, ...]]


def stacked_maps(
    runs: Sequence[ReuseRun], measure: str, pick: Pick = lambda run: run.maps
) -> list[tuple[ReuseMap, Values]]:
    """Return each block's maps of one network, (runs, sources, targets); NaN where a target does not read a source."""
    picked = [[one for one in pick(run) if one.measure == measure] for run in runs]
    return [
        (same[0], np.array([one.values for one in same], dtype=np.float64))  # None becomes NaN
        for same in zip(*(maps for maps in picked if maps), strict=True)
    ]


def mean_maps(
    runs: Sequence[ReuseRun], measure: str, pick: Pick = lambda run: run.maps
) -> list[tuple[ReuseMap, Values]]:
    """Return the mean over runs of each block's map: (sources, targets)."""
    return [(one, values.mean(axis=0)) for one, values in stacked_maps(runs, measure, pick)]


def normalized(values: Values, measure: str) -> Values:
    """Divide each column of a map of weights by its largest value; shares are left as they are."""
    if measure == SHARE:
        return values
    largest = np.array([np.nanmax(column) if np.isfinite(column).any() else np.nan for column in values.T])
    return np.asarray(values / np.where(largest > 0, largest, np.nan), dtype=float)


def heat_maps(runs: Sequence[ReuseRun], measure: str) -> Figure:
    """Draw a panel for each block of one network: sources downward, targets to the right (Huang et al. 2017, Fig. 5).

    The columns of what follows a block, a transition or the classifier, are framed.
    """
    maps = mean_maps(runs, measure)
    columns = min(len(maps), _LONGEST_ROW)
    rows = -(-len(maps) // columns)
    figure, grid = figure_frame(rows, columns, squeeze=False, grid=None, size=(1.2 + 2.9 * columns, 0.5 + 2.9 * rows))
    grid = grid.flatten()
    shown = [normalized(values, measure) for _, values in maps]
    scale = _scale(shown, measure)
    mesh: Any = None
    for axes, (one, _), values in zip(grid, maps, shown, strict=False):
        mesh = axes.pcolormesh(np.ma.masked_invalid(values), edgecolors="none", **scale)
        axes.set_facecolor("0.85")
        _label(axes, one)
    for axes in grid[len(maps) :]:
        axes.set_axis_off()
    label = (
        "share of the variance read" if measure == SHARE else f"mean |{_symbol(measure)}|, each column by its largest"
    )
    figure.colorbar(mesh, ax=list(grid[: len(maps)]), label=label, shrink=0.9)
    return figure


def reading_by_distance(networks: Sequence[tuple[str, Sequence[ReuseRun]]], measure: str) -> Figure:
    """Draw how strongly units are read against how many units back they stand: a line a network, a band over seeds.

    Values of each target are divided by their mean first. Dotted: the weights before training.
    """
    figure, axes = figure_frame(size=(7.2, 3.8))
    for number, (name, runs) in enumerate(networks):
        color, marker = COLORS[number % len(COLORS)], MARKERS[number % len(MARKERS)]
        final = [_by_distance(run.maps, measure) for run in runs if run.maps]
        initial = [_by_distance(run.initial, measure) for run in runs if run.initial]
        for curves, line, label in ((initial, ":", None), (final, LINES[0], name)):
            if not (distances := sorted({distance for curve in curves for distance in curve})):
                continue
            values = np.array([[curve.get(distance, np.nan) for distance in distances] for curve in curves])
            shown = marker if label else "None"
            means = np.nanmean(values, axis=0)
            axes.plot(distances, means, color=color, linestyle=line, label=label, marker=shown, markersize=4)
            if len(values) > 1:
                low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
                axes.fill_between(distances, low, high, color=color, alpha=0.15, linewidth=0)
    axes.axhline(0 if measure == SHARE else 1, color="0.5", linewidth=0.8)
    axes.set(xlabel="how many units back the source stands", ylabel="reading, by the target's mean")
    whole_numbers(axes)
    legend(figure)
    return figure


def _by_distance(maps: Sequence[ReuseMap], measure: str) -> dict[int, float]:
    """Return the mean by distance, over the targets of all blocks; a block's input has no distance."""
    found: dict[int, list[float]] = {}
    for one in (one for one in maps if one.measure == measure):
        for place in range(len(one.targets)):
            column = [(source, row[place]) for source, row in zip(one.sources, one.values, strict=True)]
            read = [(source, value) for source, value in column if value is not None]
            mean = float(np.mean([abs(value) for _, value in read])) if read else 0.0
            units = [value for source, value in read if source != INPUT]
            for distance, value in enumerate(reversed(units), 1):
                if mean > 0:
                    found.setdefault(distance, []).append(value / mean)
    return {distance: float(np.mean(values)) for distance, values in found.items()}


def _scale(shown: Sequence[Values], measure: str) -> dict[str, Any]:
    if measure == SHARE:
        finite = [values[np.isfinite(values)] for values in shown]
        most = max((float(np.abs(values).max()) for values in finite if values.size), default=1.0) or 1.0
        return {"cmap": colormaps["RdBu_r"], "vmin": -most, "vmax": most}
    return {"cmap": colormaps["viridis"], "vmin": 0.0, "vmax": 1.0}


def _symbol(measure: str) -> str:
    return "γ w" if measure.startswith("scaled") else "w"


def _label(axes: Axes, one: ReuseMap) -> None:
    axes.set_ylim(len(one.sources), 0)
    axes.set_title(f"block {one.block}", fontsize="medium")
    for labels, set_ticks in ((one.targets, axes.set_xticks), (one.sources, axes.set_yticks)):
        step = -(-len(labels) // MOST_TICKS)
        names = [_SHORT.get(label, label) for label in labels]
        last = len(labels) - 1
        places = [*(place for place in range(0, last, step) if last - place >= step), last]
        turned = 90 if labels is one.targets and len(labels) > _UPRIGHT else 0
        centers = [place + 0.5 for place in places]
        set_ticks(centers, [names[place] for place in places], fontsize="x-small", rotation=turned)
    axes.tick_params(length=0)
    axes.set_xlabel("target", fontsize="small")
    axes.set_ylabel("source", fontsize="small")
    for place, target in enumerate(one.targets):
        if not target[0].isdigit():
            axes.add_patch(Rectangle((place, 0), 1, len(one.sources), fill=False, edgecolor="black", linewidth=1.6))
