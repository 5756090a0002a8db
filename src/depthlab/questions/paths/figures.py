"""Paths by their length: how many there are, how much gradient comes back along them; and gradients of neighbors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.questions.paths.record import NearbyGradients, PathRun
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.networks import lighter, series_color
from depthlab.report.palette import LINES, MARKERS

_LIGHTEST = 0.5  # share of white in the color of a series' shallowest network


@final
@dataclass(frozen=True)
class DrawnPaths:
    """A network with its runs, and its look."""

    name: str
    series: str
    place: float
    runs: tuple[PathRun, ...]
    color: str
    line: Any
    marker: str


def drawn_paths(runs: Sequence[PathRun]) -> list[DrawnPaths]:
    """Return the networks by series and depth; a series has a color and a marker, its depths are shades and dashes."""
    series: dict[str, dict[str, list[PathRun]]] = {}
    for run in runs:
        series.setdefault(run.series, {}).setdefault(run.network, []).append(run)
    found = []
    for number, networks in enumerate(series.values()):
        ordered = sorted(networks.items(), key=lambda one: one[1][0].place)
        shares = np.linspace(_LIGHTEST, 0.0, len(ordered)) if len(ordered) > 1 else [0.0]
        for place, ((name, same), share) in enumerate(zip(ordered, shares, strict=True)):
            found.append(
                DrawnPaths(
                    name,
                    same[0].series,
                    same[0].place,
                    tuple(same),
                    lighter(series_color(number), float(share)),
                    LINES[(len(ordered) - 1 - place) % len(LINES)],
                    MARKERS[number % len(MARKERS)],
                )
            )
    return found


def path_lengths_figure(runs: Sequence[PathRun]) -> Figure:
    """Draw which share of all paths has which length, in branches and in weighted layers (Veit et al., Fig. 6a).

    Networks of one path are left out beside others, whose shares would be flat lines below it.
    """
    known = [run for run in runs if run.lengths is not None]
    drawn = [run for run in known if run.lengths is not None and sum(run.lengths.branches) > 1] or known
    figure, rows = figure_frame(2, 1, size=(8.6, 5.6))
    for axes, of, unit in zip(rows, ("branches", "layers"), ("branches of units", "weighted layers"), strict=True):
        for one in drawn_paths(drawn):
            counts: tuple[int, ...] = getattr(one.runs[0].lengths, of)
            lengths = [length for length, count in enumerate(counts) if count]
            shares = [100 * float(Fraction(counts[length], sum(counts))) for length in lengths]
            _line(axes, one, lengths, shares)
        _finish(axes, f"length of the path, in {unit}", "share of paths (%)")
        axes.set_ylim(0, None)
    legend(figure)
    return figure


def gradient_norms_figure(runs: Sequence[PathRun]) -> Figure:
    """Draw the norm of the gradient against the length of its path, logarithmically (Veit et al., Fig. 6b)."""
    figure, rows = figure_frame(2, 1, size=(8.6, 6.4))
    sides = (("at_stack", "at the input of the first unit"), ("at_image", "at the image"))
    for axes, (name, where) in zip(rows, sides, strict=True):
        for one in _measured(runs):
            lengths = [found.length for found in one.runs[0].gradients.lengths]  # type: ignore[union-attr]
            norms = np.array([[np.mean(getattr(found, name)) for found in run.gradients.lengths] for run in one.runs])  # type: ignore[union-attr]
            _line(axes, one, lengths, norms.mean(axis=0).tolist())
            _band(axes, one, lengths, norms)
        _finish(axes, f"length of the path, in {_units(runs)}", "mean gradient norm")
        axes.set_title(where, fontsize="medium")
        if any(np.asarray(line.get_ydata(), dtype=float).max(initial=0.0) > 0 for line in axes.get_lines()):
            axes.set_yscale("log", nonpositive="mask")
    legend(figure)
    return figure


def shares_figure(runs: Sequence[PathRun]) -> Figure:
    """Draw each length's part of the gradient, exact, beside number of paths times norm, a panel for each network."""
    networks = drawn_paths([run for run in runs if run.by_length is not None])
    figure, panels = figure_frame(len(networks), 1, squeeze=False, size=(8.6, 1.0 + 2.3 * len(networks)))
    panels = panels[:, 0]
    for axes, one in zip(panels, networks, strict=True):
        _shares(axes, one)
    legend(figure, place="below", columns=2)
    return figure


def autocorrelation_figure(runs: Sequence[PathRun]) -> Figure:
    """Draw the autocorrelation of the gradient along lines of inputs (Balduzzi et al. 2017, Fig. 2)."""
    figure, rows = figure_frame(2, 1, sharex=True, size=(8.6, 6.4))
    for axes, moment in zip(rows, ("initial", "final"), strict=True):
        axes.axhline(0, color="0.6", linewidth=0.8)
        for one in drawn_paths([run for run in runs if _correlation(moment)(run)]):
            curves = np.array([_correlation(moment)(run) for run in one.runs])
            shown = curves[:, : curves.shape[1] // 2 + 1]  # behind it the ends of a line alone are compared
            x = np.linspace(0, shown.shape[1] - 1, shown.shape[1]) / (curves.shape[1] - 1)
            axes.plot(x, shown.mean(axis=0), color=one.color, linestyle=one.line, linewidth=1.5, label=one.name)
            _band(axes, one, x, shown)
        _finish(axes, "lag, as a share of the way from image to image", "autocorrelation", whole=False)
        axes.set_title(f"at the {moment} weights", fontsize="medium")
    legend(figure)
    return figure


def shattering_figure(runs: Sequence[PathRun]) -> Figure:
    """Draw how alike gradients at neighboring inputs are, against depth."""
    figure, columns = figure_frame(1, 2, sharey=True, size=(8.6, 3.6))
    for axes, moment in zip(columns, ("initial", "final"), strict=True):
        networks = drawn_paths([run for run in runs if _correlation(moment)(run)])
        for series in dict.fromkeys(one.series for one in networks):
            same = [one for one in networks if one.series == series]
            values = [[_correlation(moment)(run)[1] for run in one.runs] for one in same]
            x, color, marker = [one.place for one in same], same[-1].color, same[-1].marker
            axes.plot(x, [np.mean(v) for v in values], color=color, marker=marker, linewidth=1.5, label=series)
            for place, seeds in zip(x, values, strict=True):
                axes.plot([place] * len(seeds), seeds, color=color, marker=marker, linestyle="", markersize=3)
        _finish(axes, "depth", "correlation of neighbors" if moment == "initial" else "")
        axes.set_title(f"at the {moment} weights", fontsize="medium")
    legend(figure)
    return figure


def _shares(axes: Axes, one: DrawnPaths) -> None:
    exact = [run.by_length for run in one.runs if run.by_length is not None]
    lengths, paths = exact[0].lengths, exact[0].paths
    shares = 100 * np.array([found.shares for found in exact])
    axes.bar(lengths, shares.mean(axis=0), color=one.color, width=0.8, label="part of the gradient")
    if len(shares) > 1:
        low, high = shares.min(axis=0), shares.max(axis=0)
        axes.vlines(lengths, low, high, color="black", linewidth=0.8, label="smallest to largest seed")
    everyone = [100 * float(Fraction(count, sum(paths))) for count in paths]
    axes.plot(lengths, everyone, color="0.35", linestyle="--", linewidth=1.2, label="all paths")
    sampled = [run.effective.weights for run in one.runs if run.effective is not None]
    if sampled:
        product = 100 * np.mean(sampled, axis=0)
        axes.plot(lengths, product, color="black", linestyle=":", linewidth=1.2, label="number of paths × norm")
    axes.axhline(0, color="0.6", linewidth=0.8)
    _finish(axes, f"length of the path, in {exact[0].by}", "share (%)")
    axes.set_title(one.name, fontsize="medium")


def _measured(runs: Sequence[PathRun]) -> list[DrawnPaths]:
    """Return the networks in which several lengths were measured."""
    return drawn_paths([run for run in runs if run.gradients is not None and len(run.gradients.lengths) > 1])


def _units(runs: Sequence[PathRun]) -> str:
    kinds = dict.fromkeys(run.gradients.by for run in runs if run.gradients is not None)
    return " or ".join(kinds) or "branches"


def _correlation(moment: str) -> Callable[[PathRun], tuple[float, ...]]:
    def read(run: PathRun) -> tuple[float, ...]:
        found: NearbyGradients | None = getattr(run, moment)
        return found.correlation if found is not None else ()

    return read


def _line(axes: Axes, one: DrawnPaths, x: Sequence[float], y: Sequence[float]) -> None:
    marker = one.marker if len(x) < 40 else ""
    axes.plot(x, y, color=one.color, linestyle=one.line, linewidth=1.5, marker=marker, markersize=4, label=one.name)


def _band(axes: Axes, one: DrawnPaths, x: Sequence[float], seeds: Any) -> None:
    """Draw from the smallest to the largest seed."""
    if len(seeds) > 1:
        axes.fill_between(x, seeds.min(axis=0), seeds.max(axis=0), color=one.color, alpha=0.15, linewidth=0)


def _finish(axes: Axes, x: str, y: str, *, whole: bool = True) -> None:
    axes.set(xlabel=x, ylabel=y)
    if whole:
        whole_numbers(axes)
