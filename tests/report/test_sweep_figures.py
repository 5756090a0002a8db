"""Every trial of a sweep is drawn or counted, whatever became of it, and values lie where they belong."""

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from depthlab.records import SweepRecord
from depthlab.report import metric_against_axis, parallel_coordinates, save_figure
from tests.report.sweeps import broken_search, grid, make_sweep, make_trial

SWEEPS = {
    "none": make_sweep(),
    "one": make_sweep(make_trial(0, {"depth": 20}, 0.97)),
    "three": make_sweep(*(make_trial(i, {"depth": d}, 0.9) for i, d in enumerate((20, [3, 3, 3], "deep")))),
    "all failed": make_sweep(*(make_trial(i, {"depth": 20 + i}, None, "failed") for i in range(3))),
    "no number": make_sweep(*(make_trial(i, {"depth": 20 + i}, math.nan) for i in range(3))),
    "perfect": make_sweep(*(make_trial(i, {"depth": 20 + i}, 1.0) for i in range(3))),
    "grid": grid(("plain", "resnet"), (20, 32, 44), 3),
    "the last failed": make_sweep(
        *(make_trial(i, {"x": 10.0**i}, None if i else 0.9, "failed" if i else "finished") for i in range(3))
    ),
    "5 broken": broken_search(5),
    "200 broken": broken_search(200),
}
ENDED = ("finished", "pruned", "failed")
CROSS = 0.98  # height of trials without a value, as a share of the figure's


def caption(figure: Figure) -> str:
    return figure.get_supxlabel()


def offsets(figure: Figure) -> list[tuple[float, float]]:
    """Return where the marks of trials are, in the order of the groups."""
    marks = [one for one in figure.axes[0].collections if isinstance(one, PathCollection)]
    return [(float(x), float(y)) for one in marks for x, y in np.asarray(one.get_offsets()).reshape(-1, 2)]


def counted(figure: Figure) -> dict[str, int]:
    """Return the numbers of trials that the caption names, by state."""
    first = caption(figure).replace("\n", "; ").split("; ")[0].partition(": ")[2]
    parts = [part for part in first.replace("(", ", (").split(", ") if part and not part.startswith("(")]
    return {state.strip(): int(count) for count, state in (part.split(" ", 1) for part in parts)}


@pytest.mark.parametrize("record", SWEEPS.values(), ids=SWEEPS)
@pytest.mark.slow
def test_every_trial_is_counted_and_every_ended_one_is_drawn(record: SweepRecord, tmp_path: Path) -> None:
    states = [trial.state for trial in record.trials]
    expected = {state: states.count(state) for state in set(states)}
    ended = sum(state in ENDED for state in states)
    for axis in record.axes or ("depth",):
        figure = metric_against_axis(record, axis)
        assert len(offsets(figure)) == ended
        (left, right), (low, high) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
        assert all(left < x < right for x, _ in offsets(figure))
        assert all(low <= y <= high or y == CROSS for _, y in offsets(figure))
        assert counted(figure) == expected
        assert save_figure(figure, tmp_path / "axis.png").stat().st_size > 5000
    figure = parallel_coordinates(record)
    assert sum(isinstance(patch, PathPatch) for patch in figure.axes[0].patches) == ended
    assert counted(figure) == expected
    assert save_figure(figure, tmp_path / "parallel.svg").stat().st_size > 5000


def test_faults_are_named_below() -> None:
    record = make_sweep(*(make_trial(i, {"depth": 20 + i}, None, "failed") for i in range(2)))
    for figure in (metric_against_axis(record, "depth"), parallel_coordinates(record)):
        assert "2 trials: 2 failed (2 diverged)" in caption(figure)


def test_a_finished_trial_without_a_number_is_told() -> None:
    record = make_sweep(make_trial(0, {"depth": 20}, math.nan), make_trial(1, {"depth": 32}, 0.5))
    assert "2 trials: 2 finished (1 without a number)" in caption(metric_against_axis(record, "depth"))


def test_points_lie_at_their_values_in_percent_of_error() -> None:
    record = make_sweep(make_trial(0, {"depth": 20}, 0.75), make_trial(1, {"depth": 56}, 0.5))
    figure = metric_against_axis(record, "depth")
    assert offsets(figure) == [(20, 25), (56, 50)]
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("depth", "validation error (%)")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["20", "56"]
    loss = metric_against_axis(record, "depth", "val/loss")
    assert offsets(loss) == [(20, 1.5), (56, 2)]
    assert loss.axes[0].get_ylabel() == "validation loss (nats)"


def test_a_line_goes_through_the_mean_over_seeds_with_one_deviation_to_each_side() -> None:
    errors = {20: (10.0, 20.0), 32: (30.0, 50.0)}
    trials = [(d, s, e) for d, pair in errors.items() for s, e in enumerate(pair)]
    record = make_sweep(*(make_trial(i, {"depth": d, "seed": s}, 1 - e / 100) for i, (d, s, e) in enumerate(trials)))
    axes = metric_against_axis(record, "depth").axes[0]
    line = next(line for line in axes.lines if len(np.asarray(line.get_xdata())) == 2)
    np.testing.assert_allclose(np.asarray(line.get_data()), [[20, 32], [15, 40]])
    (band,) = [one for one in axes.collections if not isinstance(one, PathCollection)]
    heights = np.concatenate([path.vertices for path in band.get_paths()])[:, 1]
    assert heights.max() == pytest.approx(40 + math.sqrt(200))
    assert heights.min() == pytest.approx(15 - math.sqrt(50))


def test_each_combination_of_the_other_axes_has_a_line_and_a_name() -> None:
    figure = metric_against_axis(grid(("plain", "resnet"), (20, 32, 44), 3), "depth")
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["plain", "resnet"]
    assert legend.get_title().get_text() == "model"
    lines = [line for line in figure.axes[0].lines if len(np.asarray(line.get_xdata())) == 3]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 2
    assert "over seeds" in caption(figure)


def test_many_combinations_are_points_told_apart_by_one_axis() -> None:
    figure = metric_against_axis(broken_search(200), "trainer.learning_rate")
    (legend,) = figure.legends
    assert legend.get_title().get_text() == "model"
    assert not [line for line in figure.axes[0].lines if len(np.asarray(line.get_xdata())) > 1]


@pytest.mark.parametrize(
    ("values", "scale", "labels"),
    [
        ((0.001, 0.01, 0.1), "log", ["0.001", "0.01", "0.1"]),
        ((56, 20, 32), "linear", ["20", "32", "56"]),
        ((0.1, 0, 0.0001), "linear", ["0", "0.0001", "0.1"]),  # categories: no logarithm shows a zero
        (([3, 3, 3], "deep", 20, True), "linear", ["[3,3,3]", "deep", "20", "true"]),
    ],
)
def test_the_scale_suits_the_values(values: tuple[object, ...], scale: str, labels: list[str]) -> None:
    record = make_sweep(*(make_trial(i, {"x": value}, 0.9) for i, value in enumerate(values)))
    axes = metric_against_axis(record, "x").axes[0]
    assert axes.get_xscale() == scale
    assert [label.get_text() for label in axes.get_xticklabels()] == labels
    assert {"0", "0.0001"} - set(labels) or sorted(x for x, _ in offsets(axes.figure)) == [0, 1, 2]  # type: ignore[arg-type]


def test_pruned_trials_are_open_points_at_their_latest_value() -> None:
    record = make_sweep(make_trial(0, {"depth": 20}, 0.9), make_trial(1, {"depth": 32}, 0.6, "pruned"))
    figure = metric_against_axis(record, "depth")
    marks = [one for one in figure.axes[0].collections if isinstance(one, PathCollection)]
    opened = [one for one in marks if len(one.get_facecolors()) == 0 and len(np.asarray(one.get_offsets()))]
    assert [np.asarray(one.get_offsets()).tolist() for one in opened] == [[[32, 40]]]
    assert "open points: pruned, latest value" in caption(figure)
    assert "dashed: pruned, latest value" in caption(parallel_coordinates(record))


def test_parallel_lines_end_at_their_metric_and_the_best_is_darkest_and_on_top() -> None:
    record = make_sweep(*(make_trial(i, {"a": i, "b": "xyz"[i]}, (0.5, 0.9, 0.7)[i]) for i in range(3)))
    lines = [patch for patch in parallel_coordinates(record).axes[0].patches if isinstance(patch, PathPatch)]
    ends = [float(np.asarray(line.get_path().vertices)[-1, 1]) for line in lines]
    assert ends == pytest.approx([1.0, 0.5, 0.0])
    shades = [sum(int(to_hex(line.get_edgecolor())[k : k + 2], 16) for k in (1, 3, 5)) for line in lines]
    assert shades == sorted(shades, reverse=True)


def test_axes_with_one_value_have_no_scale_of_their_own() -> None:
    record = make_sweep(*(make_trial(i, {"model": "resnet", "depth": 20 + i}, 0.9) for i in range(2)))
    texts = [text.get_text() for text in parallel_coordinates(record).axes[0].texts]
    assert "depth" in texts
    assert "model" not in texts


def test_over_seeds_means_are_drawn_and_no_line_through_seeds() -> None:
    record = grid(("plain", "resnet"), (20,), 4)
    figure = metric_against_axis(record, "seed")
    [axes] = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["plain", "resnet"]
    errors = {name: [] for name in ("plain", "resnet")}
    for trial in record.trials:
        errors[trial.values["model"]].append(100 * (1 - trial.metrics["val/accuracy"]))
    bars = [container.lines[0].get_ydata() for container in axes.containers]
    np.testing.assert_allclose(np.sort(np.ravel(bars)), np.sort([np.mean(values) for values in errors.values()]))
    assert "mean ± one standard deviation over seeds" in caption(figure)
    assert len(offsets(figure)) == 8


def test_a_sweep_over_seeds_alone_has_one_mean() -> None:
    record = make_sweep(*(make_trial(seed, {"seed": seed}, 0.9 + seed / 100) for seed in range(3)))
    figure = metric_against_axis(record, "seed")
    assert [line.get_ydata().tolist() for line in figure.axes[0].containers[0].lines[:1]] == [pytest.approx([9.0])]
    assert figure.axes[0].get_xlabel() == "all seeds"
