"""Errors after lesions: by unit, by how many are deleted, and by how far units are out of their order."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import cycle, groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from depthlab.questions.lesion.record import Deletion, LesionedRun, PublishedLesions
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.palette import COLORS, LINES
from depthlab.report.scale import shorten

Networks = Mapping[str, Sequence[LesionedRun]]
Points = Mapping[float, Sequence[float]]  # where -> errors there, over draws and runs

PUBLISHED = "#767676"  # of the literature's curves
TAU_BIN = 0.02
_COLUMNS = 2
_FEW = 30  # sites whose points are drawn large
_NAMED = 12  # sites that are named below


def error_by_unit(networks: Networks) -> Figure:
    """Draw the error without each site, a panel a network: points for runs, a line through their median."""
    rows = -(-len(networks) // _COLUMNS)
    columns = min(_COLUMNS, len(networks))
    size = (1.0 + 4.1 * columns, 0.6 + 2.7 * rows)
    figure, panels = figure_frame(rows, columns, size=size, sharey=True, squeeze=False)
    for axes, (name, runs), color in zip(panels.flat, networks.items(), cycle(COLORS), strict=False):
        _draw_units(axes, runs, color)
        axes.set_ylim(0, _top(networks))
        axes.set_title(shorten(name, 44), fontsize="medium")
        axes.set_xlabel("element that is deleted")
    for axes in panels[:, 0]:
        axes.set_ylabel("test error (%)")
    for axes in list(panels.flat)[len(networks) :]:
        axes.set_visible(False)
    return figure


def error_by_count(networks: Networks) -> Figure:
    """Draw the error against how many sites are deleted together: medians, and quartiles as bands."""
    kinds: dict[str, Callable[[LesionedRun], tuple[Deletion, ...]]] = {
        "among all sites": lambda run: run.lesions.deletions,
        "without transitions": _inner,
    }
    if not any(run.lesions.inner_deletions for runs in networks.values() for run in runs):
        del kinds["without transitions"]  # no network has any
    figure, panels = figure_frame(1, len(kinds), sharey=True, squeeze=False, size=(4.6 * len(kinds) + 1.6, 3.8))
    panels = panels[0]
    for axes, (title, get) in zip(panels, kinds.items(), strict=True):
        for index, (name, runs) in enumerate(networks.items()):
            found = deletion_points(get(run) for run in runs)
            if found:
                found = {0.0: [run.lesions.draw_error for run in runs], **found}
                draw_points(axes, found, name, COLORS[index % len(COLORS)], LINES[index % len(LINES)])
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("sites deleted together")
        whole_numbers(axes)
        axes.set_ylim(0, _top(networks))
    panels[0].set_ylabel("test error (%)")
    legend(figure, place="below", columns=3)
    return figure


def error_by_order(networks: Networks) -> Figure:
    """Draw the error against Kendall's tau between the order of units and the one that was trained."""
    figure, axes = figure_frame(size=(6.8, 3.8))
    for index, (name, runs) in enumerate(networks.items()):
        moved = [one for run in runs for one in run.lesions.reorderings]
        if not moved:
            continue
        color = COLORS[index % len(COLORS)]
        axes.scatter(
            [one.tau for one in moved], [one.error for one in moved], s=9, color=color, alpha=0.3, linewidths=0
        )
        draw_points(axes, tau_points(runs), name, color, LINES[index % len(LINES)], band=False)
    axes.set(xlabel="Kendall's tau between the order and the one that was trained", ylabel="test error (%)")
    axes.invert_xaxis()
    axes.set_ylim(0, _top(networks))
    legend(figure, place="below", columns=3)
    return figure


def beside_published_lesions(networks: Networks, published: Sequence[PublishedLesions]) -> Figure:
    """Draw published curves in gray beside ours: by unit, by how many are deleted, by tau."""
    figure, (unit, count, order) = figure_frame(1, 3, sharey=True, size=(11.4, 3.8))
    theirs = {one.lesion: one for one in reversed(published)}
    for axes, kind in ((unit, "single"), (count, "delete"), (order, "tau")):
        if kind in theirs:
            one = theirs[kind]
            x = np.array(one.at) / len(one.at) if kind == "single" else np.array(one.at)
            axes.plot(x, one.error, color=PUBLISHED, linewidth=1.6, marker=".", label=f"{one.network}, published")
    for index, (name, runs) in enumerate(networks.items()):
        color, line = COLORS[index % len(COLORS)], LINES[index % len(LINES)]
        sites = len(runs[0].lesions.sites)
        medians = [statistics.median(values) for values in _by_element(runs)]
        if medians:
            places = np.arange(1, sites + 1) / sites
            unit.plot(places, medians, color=color, linestyle=line, linewidth=1.2, label=name)
        draw_points(count, deletion_points(run.lesions.deletions for run in runs), name, color, line, band=False)
        draw_points(order, tau_points(runs), name, color, line, band=False)
    unit.set(xlabel="place in the network, 0 to 1", ylabel="test error (%)", title="one deleted")
    count.set(xlabel="sites deleted together", title="several deleted")
    order.set(xlabel="Kendall's tau", title="re-ordered")
    order.invert_xaxis()
    order.xaxis.set_major_locator(MaxNLocator(5))
    for axes in (unit, count, order):
        axes.set_ylim(0, _top(networks))
    legend(figure, place="below", columns=3)
    return figure


def deletion_points(runs: Iterable[Sequence[Deletion]]) -> dict[float, list[float]]:
    """Return the errors of all draws by how many sites they delete."""
    found: dict[float, list[float]] = {}
    for deletions in runs:
        for one in deletions:
            found.setdefault(float(one.count), []).append(one.error)
    return found


def tau_points(runs: Sequence[LesionedRun]) -> dict[float, list[float]]:
    """Return the errors of all re-orderings by bins of Kendall's tau, each by its middle."""
    found: dict[float, list[float]] = {}
    for one in (one for run in runs for one in run.lesions.reorderings):
        found.setdefault(round(TAU_BIN * round(one.tau / TAU_BIN), 4), []).append(one.error)
    return dict(sorted(found.items()))


def draw_points(axes: Axes, points: Points, name: str, color: str, line: object, *, band: bool = True) -> None:
    """Draw medians as a line, and the quartiles as a band."""
    if not points:
        return
    x = sorted(points)
    low, middle, high = np.array([np.quantile(points[at], (0.25, 0.5, 0.75)) for at in x]).T
    marker = "o" if len(x) < _FEW else ""
    axes.plot(
        x, middle, color=color, linestyle=line, linewidth=1.5, marker=marker, markersize=3, label=shorten(name, 36)
    )
    if band:
        axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)


def _inner(run: LesionedRun) -> tuple[Deletion, ...]:
    """Return the deletions that touch no transition: all of them where there is none to touch."""
    return run.lesions.inner_deletions or run.lesions.deletions


def _draw_units(axes: Axes, runs: Sequence[LesionedRun], color: str) -> None:
    sites = runs[0].lesions.sites
    errors = _by_element(runs)
    x = np.arange(1, len(sites) + 1)
    size = 4.5 if len(sites) < _FEW else 2.5
    for place, site, values in zip(x, sites, errors, strict=True):
        marker, face = ("D", "none") if site.transition else ("o", color)
        look = {"marker": marker, "markerfacecolor": face, "markersize": size, "linestyle": "", "alpha": 0.75}
        axes.plot([place] * len(values), values, color=color, **look)  # type: ignore[arg-type]
    if errors:
        axes.plot(x, [statistics.median(values) for values in errors], color=color, linewidth=1.0, alpha=0.6)
    whole = statistics.fmean(run.lesions.error for run in runs)
    axes.axhline(whole, color=color, linewidth=1.0, linestyle="--")
    axes.axhline(100 * (1 - 1 / runs[0].classes), color=PUBLISHED, linewidth=1.0, linestyle=":")
    last = 0
    for _, group in groupby(sites, key=lambda site: site.stage):
        if last:
            axes.axvline(last + 0.5, color=PUBLISHED, linewidth=0.6, alpha=0.6)
        last += len(list(group))
    if len(sites) <= _NAMED:
        axes.set_xticks(x, [site.name for site in sites], fontsize="small")
        axes.tick_params(axis="x", rotation=0 if max(len(one.name) for one in sites) < 4 else 60)
    else:
        whole_numbers(axes)


def _by_element(runs: Sequence[LesionedRun]) -> list[list[float]]:
    """Return for each site its errors over runs."""
    return [list(values) for values in zip(*(run.lesions.singles for run in runs), strict=True)]


def _top(networks: Networks) -> float:
    """Return where the axis of errors ends: above the largest one of any lesion, and above chance."""
    errors = []
    for run in (run for runs in networks.values() for run in runs):
        found = run.lesions
        errors += [100 * (1 - 1 / run.classes), *found.singles, *(one.error for one in found.reorderings)]
        errors += [one.error for one in (*found.deletions, *found.inner_deletions)]
    return 1.05 * max(errors)
