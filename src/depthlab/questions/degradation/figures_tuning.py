"""What was tried when a value was chosen, and what was chosen."""

from matplotlib.figure import Figure

from depthlab.questions.degradation.record import Tuning
from depthlab.report.drawn_trials import Quantity
from depthlab.report.frame import figure_frame, legend
from depthlab.report.metric_scale import set_metric_scale
from depthlab.report.networks import series_color
from depthlab.report.palette import BROKEN, LINES, MARKERS
from depthlab.report.scale import scale_of, shorten


def tuning_scores(tuning: Tuning) -> Figure:
    """Draw the validation metric of each network against the tuned value; what was chosen is ringed.

    Values without a finished run are crosses at the upper edge.
    """
    quantity = Quantity(tuning.metric)
    figure, axes = figure_frame(size=(6.8, 4.2))
    scale = scale_of(score.value for choice in tuning.choices for score in choice.scores)
    shown: list[float] = []
    for number, choice in enumerate(tuning.choices):
        color = series_color(number)
        points = [(scale.place(s.value), _drawn(tuning.metric, s.mean), s) for s in choice.scores]
        there = sorted((x, y) for x, y, _ in points if y is not None)
        shown += [y for _, y in there]
        x, y = ([one[0] for one in there], [one[1] for one in there])
        line = LINES[number // 8 % len(LINES)] if scale.numeric else ""
        marker = MARKERS[number % len(MARKERS)]
        axes.plot(x, y, color=color, marker=marker, markersize=5, linestyle=line, label=shorten(choice.network, 32))
        best = [(x, y) for x, y, score in points if score.value == choice.chosen and y is not None]
        ring_x, ring_y = [x for x, _ in best], [y for _, y in best]
        axes.scatter(ring_x, ring_y, s=110, facecolors="none", edgecolors=color, linewidths=1.4)
        gone = [x for x, y, _ in points if y is None]
        edge = axes.get_xaxis_transform()
        axes.scatter(gone, [0.98] * len(gone), s=32, marker="x", color=BROKEN, transform=edge)
    set_metric_scale(axes, shown)
    if scale.log:
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_xticks(scale.ticks, scale.labels)
    axes.set_xlim(*scale.limits)
    axes.set(xlabel=shorten(tuning.key, 60), ylabel=quantity.label)
    legend(figure)
    return figure


def _drawn(metric: str, value: float | None) -> float | None:
    """Return a metric as it is drawn: accuracies as errors in percent."""
    if value is None:
        return None
    return 100 * (1 - value) if metric.endswith("accuracy") else value
