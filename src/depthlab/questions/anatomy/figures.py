"""What networks cost, before they are trained: by stage, and along the axes of a family."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from depthlab.questions.anatomy.record import NetworkCard, PassTimes
from depthlab.questions.grouping import grouped
from depthlab.report.counts import amount, bytes_text
from depthlab.report.frame import figure_frame, legend
from depthlab.report.palette import COLORS, LINES, MARKERS
from depthlab.report.scale import Scale, scale_of, show

_TEN = 10  # what spans so many times its smallest is drawn on a logarithmic axis
_TWO_DECADES = 150  # and a little more: what spans less has labels at 1, 2 and 5 of each
_COUNTS: dict[str, tuple[str, Callable[[float], str]]] = {
    "parameters": ("parameters", amount),
    "multiply_adds": ("multiply-adds of an image", amount),
    "kept": ("kept for backward, an image", lambda number: bytes_text(number) or ""),
    "peak": ("peak at inference, an image", lambda number: bytes_text(number) or ""),
}
_TIMES = {"forward": "forward", "training": "forward and backward"}


def stage_costs(cards: Sequence[NetworkCard]) -> Figure:
    """Draw parameters, multiply-adds and memory that is kept, by stage, the networks side by side."""
    places = list(dict.fromkeys(block.where for card in cards for block in card.blocks))
    places.sort(key=lambda where: (where == "head", where != "stem", where))
    figure, panels = figure_frame(1, 3, grid="y", size=(8.6, 2.9))
    for axes, (name, (title, words)) in zip(panels, list(_COUNTS.items())[:3], strict=True):
        for number, card in enumerate(cards):
            totals = [sum(getattr(one, name) or 0 for one in card.blocks if one.where == where) for where in places]
            room = 0.8 / len(cards)
            middles = [place + room * (number - (len(cards) - 1) / 2) for place in range(len(places))]
            axes.bar(middles, totals, 0.92 * room, color=COLORS[number], label=card.name)
        axes.set_xticks(range(len(places)), [_short(where) for where in places], fontsize="small")
        axes.set_title(title, fontsize="medium")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _, words=words: words(value)))
        _tidy(axes)
    if len(cards) > 1:
        legend(figure, place="below")
    return figure


def family_costs(cards: Sequence[NetworkCard], times: Sequence[PassTimes], axis: str) -> Figure:
    """Draw every cost against an axis, a line for each set of values on the others.

    Times are medians, with bars from the fastest round to the slowest.
    """
    panels: list[tuple[str, str]] = [(name, title) for name, (title, _) in _COUNTS.items()]
    panels += [(name, f"{words}, a batch") for name, words in _TIMES.items()] if times else []
    rows = -(-len(panels) // 2)
    figure, grid = figure_frame(rows, 2, squeeze=False, grid="y", size=(8.6, 2.5 * rows + 0.4))
    timed = {one.network: one for one in times}
    scale = scale_of(card.values[axis] for card in cards if axis in card.values)
    for axes, (name, title) in zip(grid.flat, panels, strict=False):
        _draw_lines(axes, cards, timed, axis, name, scale)
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel(axis)
    if len(grid[0][0].get_legend_handles_labels()[1]) > 1:
        legend(figure, place="below", columns=5)
    return figure


def groups_of(cards: Sequence[NetworkCard], axis: str) -> dict[str, list[NetworkCard]]:
    """Return the networks that differ in this axis alone, together, by what the others are."""
    return grouped(
        (card for card in cards if axis in card.values),
        lambda card: " ".join(f"{key}={show(value)}" for key, value in card.values.items() if key != axis),
    )


def _draw_lines(
    axes: Axes,
    cards: Sequence[NetworkCard],
    timed: Mapping[str, PassTimes],
    axis: str,
    name: str,
    scale: Scale,
) -> None:
    drawn: list[float] = []
    for number, (label, members) in enumerate(groups_of(cards, axis).items()):
        points = [(scale.place(card.values[axis]), *_value(card, timed, name)) for card in members]
        known = sorted(point for point in points if point[1])
        if not known:
            continue
        x, y, low, high = (list(column) for column in zip(*known, strict=True))
        drawn += y
        style: dict[str, Any] = {"color": COLORS[number % 8], "marker": MARKERS[number % 8]}
        style |= {"linestyle": LINES[number % 8] if scale.numeric else ""}
        axes.plot(x, y, **style, markersize=4.5, linewidth=1.4, label=label or name)
        if name in _TIMES:
            bars = [[a - b for a, b in zip(y, low, strict=True)], [a - b for a, b in zip(high, y, strict=True)]]
            axes.errorbar(x, y, yerr=bars, fmt="none", ecolor=COLORS[number % 8], capsize=2, linewidth=1)
    _set_places(axes, scale)
    words = (lambda value: f"{1000 * value:.3g} ms") if name in _TIMES else _COUNTS[name][1]
    if drawn and max(drawn) >= _TEN * min(drawn):
        axes.set_yscale("log")
        if max(drawn) < _TWO_DECADES * min(drawn):  # else one or two labels are all that a decade's ticks give
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))
    _tidy(axes)


def _value(card: NetworkCard, timed: Mapping[str, PassTimes], name: str) -> tuple[float, float, float]:
    """Return a cost with its bounds; zeros where it is not known."""
    if name not in _TIMES:
        number = float(getattr(card, name) or 0)
        return number, number, number
    seconds = getattr(timed[card.name], name) if card.name in timed else (0.0,)
    return statistics.median(seconds), min(seconds), max(seconds)


def _set_places(axes: Axes, scale: Scale) -> None:
    if scale.log:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(*scale.limits)
    axes.set_xticks(scale.ticks, scale.labels)


def _short(where: str) -> str:
    return where.removeprefix("stage ") if where.startswith("stage") else where


def _tidy(axes: Axes) -> None:
    axes.tick_params(labelsize="small")
