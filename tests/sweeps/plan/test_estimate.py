"""The time of trials is estimated from steps that were measured."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from depthlab import run
from depthlab.recipe import compose
from depthlab.records import read_sealed
from depthlab.run import ImageFacts, look_at_images
from depthlab.run.prepare import prepare
from depthlab.sweeps.plan.costs import CostCounter, measure_costs, measure_steps
from depthlab.sweeps.plan.estimate import TrialCost, Workload, estimate_seconds, fit_step_seconds, pack
from depthlab.sweeps.plan.trial import Trial
from tests.run.conftest import TINY, train
from tests.sweeps.made import cost, costs, sweep_state


def law(offset: float, slope: float, *sizes: int) -> list[tuple[TrialCost, float]]:
    return [(cost(size), offset + slope * size * 10) for size in sizes]


def test_nothing_measured_is_no_estimate() -> None:
    assert estimate_seconds(cost(), []) is None
    assert estimate_seconds(cost(), [(cost(), math.nan), (cost(), 0.0)]) is None


def test_a_law_is_found_again() -> None:
    assert estimate_seconds(cost(5000), law(0.01, 2e-6, 1000, 2000, 9000)) == pytest.approx(100 * (0.01 + 0.1))


def test_the_fit_minimizes_relative_errors() -> None:
    points = [(cost(1000), 0.012), (cost(2000), 0.017), (cost(9000), 0.06), (cost(50000), 0.25)]
    step_seconds = fit_step_seconds(points)
    assert step_seconds is not None
    unseen = [replace(one, parameters=1) for one, _ in points]  # those that were measured stand for themselves

    def loss(offset: float, slope: float) -> float:
        return sum(((offset + slope * one.work) / seconds - 1) ** 2 for one, seconds in points)

    low, high = step_seconds(unseen[0]), step_seconds(unseen[-1])
    slope = (high - low) / (unseen[-1].work - unseen[0].work)
    offset = low - slope * unseen[0].work
    assert offset > 0 and slope > 0
    for a, b in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)):
        assert loss(offset * a, slope * b) > loss(offset, slope)


def test_of_one_network_the_time_is_all_work() -> None:
    one = [(cost(1000), 0.1), (cost(1000), 0.3)]
    assert estimate_seconds(cost(1000), one) == pytest.approx(20)
    assert estimate_seconds(cost(3000), one) == pytest.approx(60)


def test_no_part_is_below_zero() -> None:
    falling = fit_step_seconds([(cost(1000), 0.2), (cost(9000), 0.1)])
    steep = fit_step_seconds([(cost(1000), 0.01), (cost(2000), 0.1)])
    assert falling is not None and steep is not None
    assert falling(cost(10)) == falling(cost(10**6)) > 0
    assert steep(cost(10)) > 0
    assert steep(cost(10**6)) == pytest.approx(10**5 * steep(cost(10)))


def test_a_network_that_was_measured_is_not_asked_of_the_fit() -> None:
    points = [*law(0.0, 1e-6, 1000, 3000), (replace(cost(2000), parameters=7), 0.5)]
    assert estimate_seconds(replace(cost(2000), parameters=7), points) == pytest.approx(50)


@pytest.mark.parametrize(
    ("running", "waiting", "concurrent", "last"),
    [
        ([], [], 2, 0),
        ([], [3, 3, 2, 2, 2], 2, 7),  # 3 2 2 | 3 2: longest first, which here is not the best
        ([5, 1], [4, 4], 2, 9),
        ([5, 1], [1], 2, 5),
        ([5], [6], 2, 6),  # a place is free
        ([5, 4, 1], [1], 2, 5),  # one more runs than shall: its place is not taken again
        ([], [1, 1], 0, 2),
    ],
)
def test_trials_are_packed(running: list[float], waiting: list[float], concurrent: int, last: float) -> None:
    assert pack(running, waiting, concurrent) == last


def test_time_left_counts_what_runs_and_what_waits() -> None:
    trials = sweep_state(6)
    assert Workload(trials, costs(trials), 2).time_left() is None, "nothing was measured"
    trials.change(0, state="finished", step=100, steps=100, step_seconds=0.1, seconds=10.0)
    trials.change(1, state="running", step=60, steps=100, step_seconds=0.2)
    trials.change(2, state="pruned")
    trials.change(3, state="failed", earlier=True)  # will be tried again
    trials.change(4, state="failed")  # is given up
    # 8 s of trial 1 beside 15 s of trial 3, then 15 s of trial 5: the mean of steps of the same network is 0.15 s
    assert Workload(trials, costs(trials), 2).time_left() == pytest.approx(23)
    assert Workload(trials, costs(trials), 1).time_left() == pytest.approx(38)
    assert Workload(trials, costs(trials), 9).time_left() == pytest.approx(15)
    assert Workload(trials, costs(trials), 1, expected=8).time_left() == pytest.approx(68)
    assert Workload(trials, {0: cost()}, 2).time_left() is None, "what waits isn't known"


def test_a_finished_trial_tells_more_than_its_steps() -> None:
    """What is done between steps, such as validation, is part of its time; short trials end before a first report."""
    trials = sweep_state(2)
    trials.change(0, state="finished", step_seconds=0.1, seconds=12.5)
    assert Workload(trials, costs(trials), 1).time_left() == pytest.approx(12.5)
    trials.change(0, step_seconds=None)
    assert Workload(trials, costs(trials), 1).time_left() == pytest.approx(12.5)


def test_earlier_commands_tell_until_this_one_knows() -> None:
    trials = sweep_state(3)
    trials.change(0, state="finished", earlier=True, seconds=50.0)
    assert Workload(trials, costs(trials), 1).time_left() == pytest.approx(100)
    trials.change(1, state="running", step=10, steps=100, step_seconds=0.1)
    assert Workload(trials, costs(trials), 1).time_left() == pytest.approx(9 + 10)


def test_earlier_measurements_count_from_the_start() -> None:
    trials = sweep_state(2)
    assert Workload(trials, costs(trials), 1, [(cost(), 0.1)]).time_left() == pytest.approx(20)


def test_costs_are_those_of_the_run(tmp_path: Path) -> None:
    words = [*TINY, f"tracking.folder={tmp_path}", "tracking=none"]
    looked, trials = [], []

    def look(recipe: object) -> ImageFacts:
        looked.append(recipe)
        return look_at_images(recipe)  # type: ignore[arg-type]

    # 180 images: 179 is a batch and a single image, which is left out
    for index, more in enumerate((["seed=0"], ["seed=1"], ["depth=14", "batch_size=179"], ["trainer.max_steps=5"])):
        recipe = compose([*words, *more])
        trials.append(Trial(index, tuple(more), {}, recipe, f"{index}"))
    found = measure_costs(trials, CostCounter(look), enabled=False)
    assert len(looked) == 1
    assert found[0] == found[1]
    for trial in trials[1:]:
        prepared = prepare(trial.recipe)
        expected = (prepared.cost.parameters, prepared.cost.multiply_adds, prepared.total_steps)
        assert (found[trial.index].parameters, found[trial.index].multiply_adds, found[trial.index].steps) == expected
    assert found[2].batch_size == 179


def test_steps_are_tried_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    depths = (8, 20, 14)
    recipes = [compose([*TINY, f"depth={depth}", f"tracking.folder={tmp_path / 'runs'}"]) for depth in depths]
    threads = torch.get_num_threads()
    (small, fast), (large, slow) = measure_steps(recipes, threads=1, seconds=2, enabled=False)
    assert 0 < fast < slow < 2
    assert small.multiply_adds < large.multiply_adds
    middle = estimate_seconds(CostCounter().cost(recipes[2]), [(small, fast), (large, slow)])
    assert middle is not None and fast * 12 < middle < slow * 12
    assert torch.get_num_threads() == threads
    assert [path for path in tmp_path.rglob("*") if "data" not in path.parts] == []
    assert capsys.readouterr() == ("", "")


def test_earlier_runs_on_this_hardware_are_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = train(tmp_path)
    tried: list[int] = []

    def try_out(recipe: object, **_: object) -> float:
        tried.append(recipe.config["depth"])  # type: ignore[attr-defined]
        return 1.0

    monkeypatch.setattr(run, "time_step", try_out)
    recipes = [compose([*TINY, f"depth={depth}", f"tracking.folder={tmp_path}"]) for depth in (8, 20)]
    (earlier, seconds), (_, of_trial) = measure_steps(recipes, threads=1)
    assert tried == [20]
    assert seconds == 32 / trained.record.metrics["throughput/images_per_second"]
    assert (earlier.parameters, earlier.batch_size, of_trial) == (75_290, 32, 1.0)

    file = trained.folder.path / "record.json"
    file.write_text(json.dumps(read_sealed(file) | {"hardware": "another one"}))
    measure_steps(recipes, threads=1)
    assert tried == [20, 8, 20]
