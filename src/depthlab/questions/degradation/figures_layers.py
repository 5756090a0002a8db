"""Measures of layers: how strongly they respond, and how much gradient reaches them."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.records import LayerValue, MeasuredRun
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.networks import Drawn, drawn_networks

Measure = Callable[[MeasuredRun], tuple[LayerValue, ...]]
Values = npt.NDArray[np.float64]


def layer_responses(runs: Sequence[MeasuredRun]) -> Figure:
    """Draw the standard deviation of each layer's response, in layer order and sorted (He et al. 2015, Fig. 7)."""
    figure, (ordered, ranked) = figure_frame(2, 1, sharey=True, size=(8.6, 6.0))
    for network in drawn_networks(runs):
        values = layer_values(network, lambda run: run.responses)
        _draw(ordered, network, values)
        _draw(ranked, network, np.sort(values, axis=1)[:, ::-1])
    _finish(ordered, "layer", "standard deviation")
    _finish(ranked, "rank of the layer, by magnitude", "standard deviation")
    legend(figure)
    return figure


def gradient_norms(runs: Sequence[MeasuredRun]) -> Figure:
    """Draw the norm of the loss's gradient by layer, at the initial and at the final weights, logarithmically."""
    figure, (start, end) = figure_frame(2, 1, size=(8.6, 6.0))
    for network in drawn_networks(runs):
        _draw(start, network, layer_values(network, lambda run: run.initial_gradients))
        _draw(end, network, layer_values(network, lambda run: run.final_gradients))
    for axes, title in ((start, "at the initial weights"), (end, "at the final weights")):
        _finish(axes, "layer", "gradient norm")
        axes.set_title(title, fontsize="medium")
        if any(np.asarray(line.get_ydata(), dtype=float).max(initial=0.0) > 0 for line in axes.get_lines()):
            axes.set_yscale("log", nonpositive="mask")  # a layer that no gradient reaches has a gap
    legend(figure)
    return figure


def layer_values(network: Drawn, measure: Measure) -> Values:
    """Return the measure of a network's layers, shape (runs, layers); of runs that were measured."""
    rows = [[value.value for value in measure(run)] for run in network.runs if measure(run)]
    return np.array(rows, dtype=float).reshape(len(rows), -1)


def _draw(axes: Axes, network: Drawn, values: Values) -> None:
    """Draw the mean over seeds, and from the smallest to the largest as a band."""
    if not values.size:
        return
    x = np.arange(1, values.shape[1] + 1)
    axes.plot(
        x,
        values.mean(axis=0),
        color=network.color,
        linestyle=network.line,
        linewidth=1.5,
        marker=network.marker if len(x) < 12 else "",
        markersize=4,
        label=network.name,
    )
    if len(values) > 1:
        axes.fill_between(x, values.min(axis=0), values.max(axis=0), color=network.color, alpha=0.15, linewidth=0)


def _finish(axes: Axes, x: str, y: str) -> None:
    axes.set(xlabel=x, ylabel=y)
    whole_numbers(axes)
