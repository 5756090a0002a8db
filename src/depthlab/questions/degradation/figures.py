"""Errors of networks against their depth, how they came about, and what others found."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.records import MeasuredRun, PublishedFigure
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.metric_scale import set_metric_scale
from depthlab.report.networks import Drawn, by_series, drawn_networks, series_color
from depthlab.report.palette import BROKEN, MARKERS
from depthlab.report.scale import shorten, show

PANELS = {"training error (%)": "train_error", "test error (%)": "test_error"}
CIFAR = "cifar10"  # the data set of the published figures
_MOST_COLUMNS = 3


def errors_against_depth(runs: Sequence[MeasuredRun], lost: Mapping[str, tuple[str, float, int]]) -> Figure:
    """Draw the training and the test error against depth, as He et al. 2015 have them in Fig. 1, 4 and 6.

    A point for each seed; a line a series through the means, with one sample standard deviation to either side.

    Args:
        runs: The finished ones.
        lost: Network -> its series, its depth as a number, and how many of its runs did not finish: a cross each.
    """
    networks = drawn_networks(runs)
    figure, panels = figure_frame(1, 2, sharey=True, size=(8.6, 4.0))
    values = [getattr(run, name) for run in runs for name in PANELS.values()]
    names = [*by_series(networks), *(series for series, _, _ in lost.values())]
    order = {series: number for number, series in enumerate(dict.fromkeys(names))}
    for axes, (label, name) in zip(panels, PANELS.items(), strict=True):
        for series, members in by_series(networks).items():
            _draw_series(axes, members, name, series, series_color(order[series]))
        _draw_lost(axes, lost, order)
        set_metric_scale(axes, values)
        _set_depths(axes, networks, lost)
        axes.set_title(label)
    panels[0].set_ylabel("error (%)")
    legend(figure)
    return figure


def curves_by_depth(runs: Sequence[MeasuredRun]) -> Figure:
    """Draw error against epoch, a panel a series: validation as lines, training (running) dashed, by seed."""
    groups = by_series(drawn_networks(runs))
    columns = min(len(groups), _MOST_COLUMNS)
    rows = -(-len(groups) // columns)
    figure, panels = figure_frame(
        rows, columns, sharex=True, sharey=True, squeeze=False, size=(1.2 + 3.7 * columns, 0.6 + 3.3 * rows)
    )
    for axes, (series, networks) in zip(panels.flat, groups.items(), strict=False):
        for network in networks:
            _draw_curves(axes, network)
        axes.set(title=shorten(series, 40), xlabel="epoch", ylim=(0, None))
        whole_numbers(axes)
        legend(axes)
    for axes in panels[:, 0]:
        axes.set_ylabel("error (%)")
    for axes in list(panels.flat)[len(groups) :]:
        axes.set_visible(False)
    return figure


def beside_published(runs: Sequence[MeasuredRun], published: Sequence[PublishedFigure], *, data: str) -> Figure:
    """Draw our test errors beside published ones of the same networks, each in a panel, as recipes and data differ.

    Filled points are published numbers, hollow ones were read off a curve; triangles are bounds.
    """
    networks = drawn_networks(runs)
    tests = [figure for figure in published if figure.split == "test"]
    order = {series: number for number, series in enumerate(by_series(networks))}
    same = data == CIFAR  # else a common scale would say what can't be said
    figure, (ours, theirs) = figure_frame(1, 2, sharey=same, size=(8.6, 4.0))
    for series, members in by_series(networks).items():
        _draw_series(ours, members, "test_error", series, series_color(order[series]))
    found, reported = [run.test_error for run in runs], [one.error for one in tests]
    set_metric_scale(ours, [*found, *reported] if same else found)
    _set_depths(ours, networks, {})
    ours.set(ylabel="test error (%)", title=f"here: {shorten(data, 30)}")
    places = {network.name: network for network in networks}
    for one in tests:
        _draw_published(theirs, one, places[one.network], order)
    _join_published(theirs, tests, places, order)
    if not same:
        set_metric_scale(theirs, reported)
    _set_depths(theirs, networks, {})
    theirs.set_title(f"published: {', '.join(dict.fromkeys(one.dataset for one in tests))}")
    legend(figure)
    return figure


def _draw_series(axes: Axes, members: Sequence[Drawn], name: str, series: str, color: str) -> None:
    x = [member.place for member in members]
    found = [np.array([getattr(run, name) for run in member.runs]) for member in members]
    mean = np.array([values.mean() for values in found])
    std = np.array([values.std(ddof=1) if len(values) > 1 else 0.0 for values in found])
    low = np.minimum(std, mean)  # an error ends at zero
    axes.errorbar(x, mean, yerr=[low, std], color=color, capsize=3, linewidth=1.7, label=shorten(series, 32), zorder=2)
    for member, values in zip(members, found, strict=True):
        axes.scatter(
            np.full(len(values), member.place), values, s=24, marker=member.marker, color=color, alpha=0.6, zorder=3
        )


def _draw_lost(axes: Axes, lost: Mapping[str, tuple[str, float, int]], order: Mapping[str, int]) -> None:
    for series, place, count in lost.values():
        for number in range(count):
            axes.scatter(
                [place],
                [0.97 - 0.05 * (number + 3 * order[series] % 2)],
                marker="x",
                s=36,
                color=BROKEN,
                transform=axes.get_xaxis_transform(),
                zorder=5,
            )


def _draw_curves(axes: Axes, network: Drawn) -> None:
    for number, run in enumerate(network.runs):
        for split, style in (("train", "--"), ("val", "-")):
            curve = np.array(run.curves.get(f"{split}/accuracy", []), dtype=float).reshape(-1, 2)
            axes.plot(
                curve[:, 0],
                100 * (1 - curve[:, 1]),
                linestyle=style,
                color=network.color,
                linewidth=1.5 if split == "val" else 0.9,
                alpha=0.9 if split == "val" else 0.7,
                marker="." if len(curve) == 1 else "",
                label=network.name if number == 0 and split == "val" else None,
            )


def _draw_published(axes: Axes, one: PublishedFigure, network: Drawn, order: Mapping[str, int]) -> None:
    color = series_color(order[network.series])
    verified = one.source != "unverified"
    marker = {"<": "v", ">": "^"}.get(one.relation, MARKERS[order[network.series] % len(MARKERS)])
    axes.errorbar(
        [network.place],
        [one.error],
        yerr=one.std,
        marker=marker,
        markersize=6,
        color=color,
        markerfacecolor=color if verified else "none",
        alpha=1.0 if one.source == "paper" else 0.55,
        capsize=2,
        linestyle="",
    )


def _join_published(
    axes: Axes, tests: Sequence[PublishedFigure], places: Mapping[str, Drawn], order: Mapping[str, int]
) -> None:
    """Draw a thin line through what one source says of one series."""
    lines: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for one in tests:
        network = places[one.network]
        lines.setdefault((network.series, one.where), []).append((network.place, one.error))
    for (series, _), points in lines.items():
        x, y = zip(*sorted(points), strict=True)
        axes.plot(x, y, color=series_color(order[series]), linewidth=0.8, alpha=0.5, zorder=1)


def _set_depths(axes: Axes, networks: Sequence[Drawn], lost: Mapping[str, tuple[str, float, int]]) -> None:
    labels = {network.place: show(network.depth) for network in networks}
    labels |= {place: f"{place:g}" for _, place, _ in lost.values() if place not in labels}
    places = sorted(labels)
    axes.set_xticks(places, [shorten(labels[place], 12) for place in places])
    room = 0.08 * ((places[-1] - places[0]) or places[0] or 1.0) if places else 1.0
    if places:
        axes.set_xlim(places[0] - room, places[-1] + room)
    listed = any(isinstance(network.depth, list | tuple) for network in networks)
    axes.set_xlabel("depth (units per stage)" if listed else "depth (layers)")
