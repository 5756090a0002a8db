"""Figures show what the record says, with names and units, whatever its size."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.records import RunRecord
from depthlab.report import confusion_matrix, learning_curves, save_figure

PNG = b"\x89PNG\r\n\x1a\n"


def make_record(*, epochs: int = 3, classes: int = 3) -> RunRecord:
    """Return the record of a run that never was; class 0 is taken for class 1 in one case of four."""
    confusion = np.diag([4] * classes)
    confusion[0, :2] = 3, 1
    curves = {
        f"{split}/{name}": [[epoch, value / epoch] for epoch in range(1, epochs + 1)]
        for split, share in (("train", 1.0), ("val", 0.8))
        for name, value in (("loss", 2 * share), ("accuracy", share))
    }
    return RunRecord(
        name="resnet-8 · synthetic · seed 0",
        folder="a-folder",
        run_id=None,
        fingerprint="1a2b3c4d5e6f7788",
        status="finished",
        command=("train.py",),
        axes={},
        metrics={"test/accuracy": 0.875},
        classes=tuple(f"class {label}" for label in range(classes)),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        per_class_accuracy=(0.75,) + (1.0,) * (classes - 1),
        curves=curves,
    )


def panels(figure: Figure) -> tuple[Axes, Axes]:
    loss, error = figure.axes
    return loss, error


def test_learning_curves_are_those_of_the_record() -> None:
    record = make_record()
    loss, error = panels(learning_curves(record))
    assert [axes.get_xlabel() for axes in (loss, error)] == ["epoch", "epoch"]
    assert (loss.get_ylabel(), error.get_ylabel()) == ("cross-entropy (nats)", "error (%)")
    for line, split in zip(loss.lines, ("train", "val"), strict=True):
        assert np.transpose(line.get_data()).tolist() == record.curves[f"{split}/loss"]
    for line, split in zip(error.lines[:2], ("train", "val"), strict=True):
        expected = [[epoch, 100 * (1 - accuracy)] for epoch, accuracy in record.curves[f"{split}/accuracy"]]
        np.testing.assert_allclose(np.transpose(line.get_data()), expected)


def test_every_line_has_its_name_and_its_color() -> None:
    figure = learning_curves(make_record())
    loss, error = panels(figure)
    legend = error.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "training (augmented, running)",
        "validation",
        "test, final weights: 12.50 %",
    ]
    assert len({line.get_color() for line in error.lines}) == 3
    assert [line.get_color() for line in loss.lines] == [line.get_color() for line in error.lines[:2]]
    assert error.lines[2].get_ydata() == pytest.approx([12.5, 12.5])
    assert error.get_ylim()[0] == 0
    assert figure.get_suptitle() == "resnet-8 · synthetic · seed 0"


@pytest.mark.parametrize(
    ("axes", "label"),
    [
        ({"mixup": 0.2}, "training (labels mixed by mixup, running)"),
        ({"mixup": 0.2, "cutmix": 1}, "training (labels mixed by mixup and cutmix, running)"),
        ({"mixup": 0, "cutmix": None}, "training (augmented, running)"),
    ],
)
def test_a_training_curve_says_what_mixed_its_labels(axes: dict[str, object], label: str) -> None:
    _, error = panels(learning_curves(replace(make_record(), axes=axes)))
    assert error.lines[0].get_label() == label


@pytest.mark.parametrize(("epochs", "marker"), [(1, "o"), (2, "")])
def test_a_single_epoch_can_be_seen(epochs: int, marker: str) -> None:
    for axes in panels(learning_curves(make_record(epochs=epochs))):
        assert [line.get_marker() for line in axes.lines[:2]] == [marker] * 2


def test_epochs_are_whole_numbers() -> None:
    for axes in (axes for epochs in (1, 2) for axes in panels(learning_curves(make_record(epochs=epochs)))):
        assert all(tick == int(tick) for tick in axes.get_xticks())


def test_curves_with_gaps_are_drawn(tmp_path: Path) -> None:
    """An epoch's loss may be no number, and one that was cut short may lack its validation."""
    record = make_record()
    curves = record.curves | {"val/loss": [[1, 2.0], [3, math.nan]], "val/accuracy": [[1, 0.5], [3, 0.1]]}
    assert save_figure(learning_curves(replace(record, curves=curves)), tmp_path / "c.png").stat().st_size > 10_000


def test_the_confusion_matrix_shows_shares_of_the_true_class() -> None:
    axes, bar = confusion_matrix(make_record()).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert bar.get_ylabel() == "share of the true class (%)"
    assert axes.get_title() == "resnet-8 · synthetic · seed 0 · test"
    (image,) = axes.images
    np.testing.assert_allclose(np.asarray(image.get_array()), [[75, 25, 0], [0, 100, 0], [0, 0, 100]])
    assert image.get_clim() == (0, 100)
    numbers = {text.get_position(): text.get_text() for text in axes.texts}
    assert numbers == {(0, 0): "75", (1, 0): "25", (1, 1): "100", (2, 2): "100"}  # (column, row), and no zeros
    assert [label.get_text() for label in axes.get_yticklabels()] == ["class 0", "class 1", "class 2"]


def test_a_class_without_test_images_is_an_empty_row(tmp_path: Path) -> None:
    record = replace(make_record(), confusion=((3, 1, 0), (0, 0, 0), (0, 0, 4)))
    figure = confusion_matrix(record)
    (image,) = figure.axes[0].images
    assert np.asarray(image.get_array())[1].tolist() == [0, 0, 0]
    save_figure(figure, tmp_path / "confusion.png")


@pytest.mark.parametrize(
    ("classes", "names", "numbers"), [(2, True, True), (12, True, True), (40, True, False), (100, False, False)]
)
def test_names_and_numbers_are_shown_where_they_can_be_read(
    tmp_path: Path, classes: int, names: bool, numbers: bool
) -> None:
    figure = confusion_matrix(make_record(classes=classes))
    axes = figure.axes[0]
    assert ("class 0" in [label.get_text() for label in axes.get_yticklabels()]) is names
    assert bool(axes.texts) is numbers
    assert save_figure(figure, tmp_path / "confusion.png").read_bytes().startswith(PNG)


def test_a_figure_is_written_in_the_format_of_its_suffix(tmp_path: Path) -> None:
    figure = learning_curves(make_record())
    assert save_figure(figure, tmp_path / "curves.png") == tmp_path / "curves.png"
    assert (tmp_path / "curves.png").read_bytes().startswith(PNG)
    assert b"<svg" in save_figure(figure, tmp_path / "curves.svg").read_bytes()


def test_drawing_needs_neither_torch_nor_a_window() -> None:
    code = "import sys, depthlab.report; print({'torch', 'matplotlib.pyplot'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"
