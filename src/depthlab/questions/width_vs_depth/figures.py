"""Errors of networks against their cost, what doublings buy, and what others published."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from depthlab.questions.grouping import grouped
from depthlab.questions.width_vs_depth.record import FrontPoint, PublishedNetwork
from depthlab.records import ExchangeFit, MatchedNetwork, MeasuredRun
from depthlab.report.frame import figure_frame, legend
from depthlab.report.metric_scale import set_metric_scale
from depthlab.report.palette import BROKEN, COLORS, MARKERS
from depthlab.statistics.exchange import AXES

UNITS = {"parameters": "parameters", "multiply_adds": "multiply-adds", "time": "seconds a step"}
_PANELS = {"training error": "train_error", "test error": "test_error"}
_FRONT = "0.45"
_STEP = 10  # decades have the ticks 1, 2 and 5

Look = tuple[str, str]


def look_of(axis: str) -> Look:
    """Return color and marker of an axis."""
    number = AXES.index(axis)
    return COLORS[number], MARKERS[number]


def errors_against_cost(
    networks: Sequence[MatchedNetwork],
    runs: Sequence[MeasuredRun],
    front: Sequence[FrontPoint],
    lost: Mapping[str, int],
    match: str,
) -> Figure:
    """Draw training and test error against cost: a line along each axis through means, a point a seed.

    A dashed line joins the networks that no other beats in both. `lost` maps networks to how many of their runs have
    no result: a cross each at the upper edge.
    """
    figure, panels = figure_frame(1, 2, sharey=True, size=(8.6, 4.2))
    values = [getattr(run, name) for run in runs for name in _PANELS.values()]
    costs = {one.network: one.cost for one in networks}
    for axes, (measure, name) in zip(panels, _PANELS.items(), strict=True):
        for axis in AXES:
            _draw_axis(axes, axis, path_of(axis, networks), runs, name)
        _draw_front(axes, [one for one in front if one.measure == measure and one.on_front])
        for network, count in lost.items():
            for number in range(count):
                place = [0.97 - 0.05 * number]
                edge = axes.get_xaxis_transform()
                axes.scatter([costs[network]], place, marker="x", s=36, color=BROKEN, transform=edge, zorder=5)
        _set_costs(axes, list(costs.values()), UNITS[match])
        set_metric_scale(axes, values)
        axes.set_title(f"{measure} (%)")
    panels[0].set_ylabel("error (%)")
    legend(figure, place="below")
    return figure


def path_of(axis: str, networks: Sequence[MatchedNetwork]) -> list[MatchedNetwork]:
    """Return the networks along an axis by rising cost, its base first."""
    along = [one for one in networks if one.axis == axis]
    family = along[0].family if along else ""
    return [one for one in networks if one.axis == "base" and one.family == family][:1] + along


def exchange_rates(fits: Sequence[ExchangeFit], match: str) -> Figure:
    """Draw what a doubling of each axis, and of the cost along it, does to the errors, with intervals."""
    figure, panels = figure_frame(1, 2, sharey=True, size=(8.6, 3.4))
    cost = "time of a step" if match == "time" else UNITS[match]
    shown = [axis for axis in AXES if any(one.axis == axis for fit in fits for one in fit.exchanges)]
    for panel, (axes, title) in enumerate(
        zip(panels, ("a doubling of the axis", f"a doubling of the {cost} along it"), strict=True)
    ):
        for number, fit in enumerate(fits):
            shift = 0.14 * (2 * number - len(fits) + 1)
            for one in fit.exchanges:
                value, interval = (one.points, one.interval) if panel == 0 else (one.per_cost, one.per_cost_interval)
                if value is None:
                    continue
                error = None if interval is None else [[value - interval.low], [interval.high - value]]
                axes.errorbar(
                    [value],
                    [shown.index(one.axis) + shift],
                    xerr=error,
                    color=look_of(one.axis)[0],
                    marker="o" if number == 0 else "s",
                    markerfacecolor=look_of(one.axis)[0] if number == 0 else "none",
                    capsize=3,
                    linestyle="",
                )
        axes.axvline(0, color="0.5", linewidth=0.8)
        axes.set_yticks(range(len(shown)), shown)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set(title=title, xlabel="change of the error (points)")
    return figure


def beside_published_sizes(
    networks: Sequence[MatchedNetwork], runs: Sequence[MeasuredRun], published: Sequence[PublishedNetwork], data: str
) -> Figure:
    """Draw our test errors against parameters, and beside them published ones, each paper and table in one look."""
    figure, (ours, theirs) = figure_frame(1, 2, sharey=data == "cifar10", size=(8.6, 4.4))
    by_network = grouped(runs, lambda run: run.network)
    means = {name: fmean(run.test_error for run in same) for name, same in by_network.items()}
    for axis in AXES:
        path = path_of(axis, networks)
        found = [one for one in path if one.network in means]
        color, marker = look_of(axis)
        x, y = [one.parameters for one in found], [means[one.network] for one in found]
        ours.plot(x, y, color=color, marker=marker, label=f"here, along {axis}")
    tables = list(dict.fromkeys((one.figure.where, one.family, one.values["depth"]) for one in published))
    papers = list(dict.fromkeys(where for where, _, _ in tables))
    for where, family, depth in tables:
        same = [o for o in published if (o.figure.where, o.family, o.values["depth"]) == (where, family, depth)]
        points = sorted((one.parameters, one.figure.error) for one in same)
        number = papers.index(where) + len(AXES)
        theirs.plot(
            *zip(*points, strict=True),
            color=COLORS[number % len(COLORS)],
            marker=MARKERS[number % len(MARKERS)],
            markersize=5,
            linewidth=0.9,
            label=_short(where) if same[0] is next(o for o in published if o.figure.where == where) else None,
        )
    measured, reported = list(means.values()), [one.figure.error for one in published]
    set_metric_scale(ours, [*measured, *reported] if data == "cifar10" else measured)
    if data != "cifar10":
        set_metric_scale(theirs, reported)
    _set_costs(ours, [float(one.parameters) for one in networks], "parameters")
    _set_costs(theirs, [one.parameters for one in published], "parameters")
    ours.set(title=f"here: {data}", ylabel="test error (%)")
    theirs.set_title("published: CIFAR-10")
    legend(figure, place="below", columns=2)
    return figure


def _draw_axis(axes: Axes, axis: str, path: Sequence[MatchedNetwork], runs: Sequence[MeasuredRun], name: str) -> None:
    color, marker = look_of(axis)
    x, means, stds = [], [], []
    for one in path:
        found = [getattr(run, name) for run in runs if run.network == one.network]
        if found:
            x.append(one.cost)
            means.append(float(np.mean(found)))
            stds.append(float(np.std(found, ddof=1)) if len(found) > 1 else 0.0)
            axes.scatter([one.cost] * len(found), found, s=22, marker=marker, color=color, alpha=0.5, zorder=3)
    low = np.minimum(stds, means)  # an error ends at zero
    if x:
        axes.errorbar(x, means, yerr=np.array([low, stds]), color=color, capsize=3, linewidth=1.6, label=axis, zorder=2)


def _draw_front(axes: Axes, front: Sequence[FrontPoint]) -> None:
    points = sorted((one.cost, one.error) for one in front)
    if points:
        x, y = zip(*points, strict=True)
        axes.plot(x, y, color=_FRONT, linestyle="--", linewidth=1.0, zorder=2.5, label="front of the means")
        axes.scatter(x, y, s=120, facecolors="none", edgecolors=_FRONT, linewidths=1.0, zorder=4)


def _set_costs(axes: Axes, costs: Sequence[float], label: str) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    if costs:
        low, high = min(costs), max(costs)
        room = max(high / low, 2) ** 0.08
        ticks = [tick for tick in _round(low, high) if low / room <= tick <= high * room] or [low]
        axes.set_xticks(ticks, [_number(tick) for tick in ticks])
        axes.set_xlim(low / room, high * room)
    axes.set_xlabel(label)


def _round(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 3, 4, 5, 7) if high / low < _STEP else (1, 3)
    return [factor * 10.0**power for power in powers for factor in factors]


def _number(value: float) -> str:
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def _short(where: str) -> str:
    """Return `Zagoruyko & Komodakis 2016, Table 4` of a full reference."""
    return f"{where.partition(',')[0]}, {where.rpartition(', ')[2]}"
