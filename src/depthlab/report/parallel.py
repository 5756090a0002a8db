"""All axes of a sweep at once: one vertical scale each, and a line a trial through them to its metric."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from depthlab.records import SweepRecord, TrialRecord
from depthlab.report.drawn_trials import Quantity, broken_trials, count_trials, drawn_trials
from depthlab.report.frame import figure_frame
from depthlab.report.metric_scale import is_logarithmic, metric_ticks
from depthlab.report.palette import BROKEN, GOOD_TO_BAD
from depthlab.report.scale import Scale, scale_of, shorten

_WIDEST, _THINNEST, _INK = 1.8, 0.5, 50.0  # of a line, in points; and the sum of all lines' widths
_BROKEN_PLACE = 1.07  # above the metric's scale
_SPREAD = 0.6  # of the distance between two categories, taken by the lines through one of them
_BAR = 0.06  # width of the metric's scale, in distances between two scales


def parallel_coordinates(record: SweepRecord, metric: str | None = None, *, noun: str = "trial") -> Figure:
    """Draw a line for each trial through its value on every axis that varies, to its metric at the right.

    The best trials are dark and on top. Lines of pruned trials, with their latest value, are dashed; those of trials
    without a value end above the metric's scale. Trials that have not ended are counted below and not drawn. Lines
    through one category are spread by their metric, so that many of them can be followed.

    Args:
        record: The sweep, at whatever stage.
        metric: What lines end at and are colored by; by default what the sweep compares trials by.
        noun: What a reader calls a trial.
    """
    metric = metric or record.metric
    quantity = Quantity(metric)
    scales = {key: scale_of(trial.values.get(key) for trial in record.trials) for key in record.axes}
    keys = [key for key in record.axes if len(scales[key].values) > 1] or list(record.axes)
    drawn, broken = drawn_trials(record, metric), broken_trials(record, metric)
    heights = _heights([one.value for one in drawn])
    # The worst first, so that the best are drawn over them.
    sign = -1 if quantity.less_is_better else 1
    order = sorted(range(len(drawn)), key=lambda place: (not drawn[place].pruned, sign * drawn[place].value))
    figure, axes = figure_frame(size=(max(5.0, 1.75 * (len(keys) + 1) + 0.8), 4.4), grid=None)
    places = _places([*broken, *(drawn[place].trial for place in order)], keys, scales)
    width = min(_WIDEST, max(_THINNEST, _INK / max(len(record.trials), 1)))
    for trial in broken:
        _draw_line(axes, [*places[trial.index], _BROKEN_PLACE], color=BROKEN, linewidth=width, alpha=0.5, linestyle=":")
    for place in order:
        one, height = drawn[place], heights[place]
        color = GOOD_TO_BAD(height if quantity.less_is_better else 1 - height)
        dashes = (0, (4, 2)) if one.pruned else "-"
        alpha = 0.45 if one.pruned else 0.9
        _draw_line(
            axes, [*places[one.trial.index], height], color=color, linewidth=width, alpha=alpha, linestyle=dashes
        )
    for place, key in enumerate(keys):
        _draw_scale(axes, place, key, scales[key])
    _draw_metric(axes, len(keys), [one.value for one in drawn], quantity, broken=bool(broken))
    _explain(figure, axes, record, metric, len(keys), noun)
    return figure


def _heights(values: Sequence[float]) -> list[float]:
    """Return where values lie on the metric's scale, from 0 at the lowest to 1."""
    if not values:
        return []
    array = np.log(values) if is_logarithmic(values) else np.array(values)
    span = array.max() - array.min()
    return [0.5] * len(values) if span == 0 else ((array - array.min()) / span).tolist()


def _places(trials: Sequence[TrialRecord], keys: Sequence[str], scales: dict[str, Scale]) -> dict[int, list[float]]:
    """Return each trial's height on every scale; those at one category lie one above the other in their order."""
    found: dict[int, list[float]] = {trial.index: [] for trial in trials}
    for key in keys:
        scale = scales[key]
        shares = {trial.index: scale.share(trial.values.get(key)) for trial in trials}
        room = 0.0 if scale.numeric else _SPREAD / max(len(scale.values), 1)
        for share in sorted(set(shares.values())):
            members = [trial.index for trial in trials if shares[trial.index] == share]
            # Few lines shall not lie far apart only because there are few categories.
            reach = min(room, 0.03 * (len(members) - 1), 0.25)
            for rank, index in enumerate(members):
                middle = (rank / (len(members) - 1) - 0.5) if len(members) > 1 else 0.0
                found[index].append(share - reach * middle)
    return found


def _draw_line(axes: Axes, heights: Sequence[float], **look: Any) -> None:
    """Draw one trial: curves that leave and reach every scale levelly are easier to follow than a broken line."""
    points, codes = [(0.0, heights[0])], [Path.MOVETO]
    for place, (here, there) in enumerate(itertools.pairwise(heights)):
        points += [(place + 0.4, here), (place + 0.6, there), (place + 1.0, there)]
        codes += [Path.CURVE4] * 3
    axes.add_patch(PathPatch(Path(points, codes), fill=False, capstyle="round", zorder=2, **look))


def _draw_scale(axes: Axes, place: int, key: str, scale: Scale) -> None:
    axes.plot([place, place], [-0.03, 1.03], color="0.25", linewidth=1.0, zorder=3)
    for tick, label in zip(scale.ticks, scale.labels, strict=True):
        _tick(axes, place, scale.share(tick if scale.numeric else scale.values[int(tick)]), label)
    axes.text(
        place, -0.09, shorten(key.replace(".", ".\n"), 40), ha="center", va="top", fontsize="small", fontweight="bold"
    )


def _draw_metric(axes: Axes, place: int, values: Sequence[float], quantity: Quantity, *, broken: bool) -> None:
    """Draw the metric's scale as a strip of its colors, so that it is the legend too."""
    shades = np.linspace(0, 1, 256)[:, None] if quantity.less_is_better else np.linspace(1, 0, 256)[:, None]
    extent = (place, place + _BAR, 0.0, 1.0)
    if values:
        axes.imshow(
            shades, cmap=GOOD_TO_BAD, norm=Normalize(0, 1), extent=extent, origin="lower", aspect="auto", zorder=3
        )
        low, high = min(values), max(values)
        ticks = [tick for tick in metric_ticks(values) if low <= tick <= high] if high > low else [low]
        # With the values, so that they are laid out as these are.
        for tick, height in zip(ticks, _heights([*ticks, *values]), strict=False):
            _tick(axes, place + _BAR, height, f"{tick:.4g}")
    if broken:
        _tick(axes, place + _BAR, _BROKEN_PLACE, "no value", color=BROKEN)
    axes.text(
        place, -0.09, quantity.label.replace(" ", "\n", 1), ha="center", va="top", fontsize="small", fontweight="bold"
    )


def _tick(axes: Axes, place: float, height: float, text: str, color: str = "black") -> None:
    axes.plot([place, place + 0.03], [height, height], color="0.25", linewidth=0.8, zorder=4)
    box = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6}
    axes.text(place + 0.05, height, text, ha="left", va="center", fontsize="small", color=color, bbox=box, zorder=5)


def _explain(figure: Figure, axes: Axes, record: SweepRecord, metric: str, last: int, noun: str) -> None:
    drawn = drawn_trials(record, metric)
    axes.set(xlim=(-0.15, last + 0.45), ylim=(-0.04, 1.12))
    axes.set_axis_off()
    axes.set_title(shorten(record.name, 90), fontsize="medium")
    notes = [count_trials(record, metric, noun=noun)]
    if any(one.pruned for one in drawn):
        notes.append("dashed: pruned, latest value")
    if broken_trials(record, metric):
        notes.append("dotted: no value")
    if not drawn:
        axes.text(last / 2, 0.5, f"no {noun} has a value yet", ha="center", color="0.4")
    figure.supxlabel("; ".join(notes), fontsize="x-small", color="0.35")
