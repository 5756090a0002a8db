"""Figures of one run: a record in, a matplotlib figure out."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from depthlab.records import RunRecord
from depthlab.report.frame import figure_frame, legend, whole_numbers
from depthlab.report.metric_scale import set_metric_scale

MOST_CLASSES_WITH_NUMBERS = 12
MOST_CLASSES_WITH_NAMES = 40
TRAIN, VALIDATION = "#4269d0", "#d9480f"


def learning_curves(record: RunRecord) -> Figure:
    """Draw loss and error (%) of training and validation against the epoch, with the final test error as a line."""
    figure, (loss, error) = figure_frame(1, 2, size=(9, 3.6))
    drawn: list[float] = []
    for split, label, color in (("train", training_label(record.axes), TRAIN), ("val", "validation", VALIDATION)):
        epochs, losses = zip(*record.curves[f"{split}/loss"], strict=True)
        _, accuracies = zip(*record.curves[f"{split}/accuracy"], strict=True)
        style = {"color": color, "label": label, "marker": "o" if len(epochs) == 1 else ""}
        loss.plot(epochs, losses, **style)
        drawn += [value for value in losses if math.isfinite(value)]
        error.plot(epochs, 100 * (1 - np.array(accuracies)), **style)
    test_error = 100 * (1 - record.metrics["test/accuracy"])
    error.axhline(test_error, color="0.3", linestyle=":", label=f"test, final weights: {test_error:.2f} %")
    loss.set(xlabel="epoch", ylabel="cross-entropy (nats)")
    set_metric_scale(loss, drawn)  # a first epoch may be at thousands
    error.set(xlabel="epoch", ylabel="error (%)", ylim=(0, None))
    whole_numbers(loss, error)
    legend(error)
    figure.suptitle(record.name)
    return figure


def mixed_labels(axes: Mapping[str, Any]) -> str:
    """Return what mixed the labels of training images, such as "mixup and cutmix"; "" where nothing did.

    Args:
        axes: Of the run, or what is held by several.
    """
    return " and ".join(key for key in ("mixup", "cutmix") if isinstance(axes.get(key), int | float) and axes[key] > 0)


def training_label(axes: Mapping[str, Any]) -> str:
    """Return what a training curve is called: under mixed labels it is no error on images as they are."""
    mixed = mixed_labels(axes)
    return f"training ({f'labels mixed by {mixed}' if mixed else 'augmented'}, running)"


def confusion_matrix(record: RunRecord) -> Figure:
    """Draw the share of each true class (row) that was taken for each class (column), on test images, in percent."""
    counts = np.array(record.confusion, dtype=float)
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    classes = len(record.classes)
    figure, axes = figure_frame(size=(6, 5.4), grid=None)
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=100)
    figure.colorbar(image, ax=axes, label="share of the true class (%)", shrink=0.8)
    axes.set(xlabel="predicted class", ylabel="true class", title=f"{record.name} · test")
    if classes <= MOST_CLASSES_WITH_NAMES:
        axes.set_xticks(range(classes), record.classes, rotation=45, ha="right", fontsize="small")
        axes.set_yticks(range(classes), record.classes, fontsize="small")
    if classes <= MOST_CLASSES_WITH_NUMBERS:
        for row, column in np.argwhere(counts > 0):
            shade = "white" if share[row, column] > 60 else "black"
            axes.text(column, row, f"{share[row, column]:.0f}", ha="center", va="center", color=shade, fontsize=8)
    return figure


def save_figure(figure: Figure, path: Path) -> Path:
    """Write the figure to `path` in the format of its suffix, at 150 dots an inch, and return the path."""
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=150)
    return path
