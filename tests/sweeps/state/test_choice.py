"""What a search chooses: on validation alone, with what can't be told from it, and the command that confirms it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthlab.records import SweepRecord, TrialRecord, TrialState
from depthlab.report.search import search_lines
from depthlab.statistics import holm, mcnemar, proportion_interval, t_interval
from depthlab.sweeps.state.choice import choose
from depthlab.tracking import Predictions, RunFolder, SplitPredictions, write_predictions
from tests.tracking.conftest import make_manifest

IMAGES = 143  # of validation, as the manifest says; 360 of test


class Search:
    """A finished search over learning rates: runs with folders and predictions, of which nothing was trained."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trials: list[TrialRecord] = []

    def add(self, rate: float, *, wrong: range, test: float = 0.9, seed: int = 0, keep: bool = True) -> None:
        """Add a run that gets these validation images wrong."""
        index = len(self.trials)
        folder = RunFolder.create(self.root, make_manifest(fingerprint=f"{index:016x}"))
        folder.release()
        if keep:
            labels = np.zeros(IMAGES, int)
            predicted = np.isin(np.arange(IMAGES), wrong).astype(int)
            ones, test_labels = np.ones(IMAGES), np.zeros(360, int)
            split = SplitPredictions.of(labels, predicted, ones, ones)
            blank = SplitPredictions.of(test_labels, test_labels, np.ones(360), np.ones(360))
            write_predictions(folder, Predictions(split, blank, folder.manifest.dataset.checksum))
        metrics = {"val/accuracy": 1 - len(wrong) / IMAGES, "test/accuracy": test}
        words = ("depth=20", f"learning_rate={rate}", f"seed={seed}")
        trial = TrialRecord(
            *(index, "resnet-20", words, {"learning_rate": rate, "seed": seed}, f"{index:016x}", TrialState.FINISHED)
        )
        self.trials.append(replace(trial, folder=folder.name, metrics=metrics, seconds=60.0))

    def break_(self, rate: float, seed: int = 0) -> None:
        index = len(self.trials)
        values, words = {"learning_rate": rate, "seed": seed}, (f"learning_rate={rate}",)
        self.trials.append(TrialRecord(index, "resnet-20", words, values, f"{index:016x}", TrialState.FAILED))

    @property
    def record(self) -> SweepRecord:
        axes = ("learning_rate", "seed")
        return SweepRecord(
            *("rates", "0123456789abcdef", ("python", "train.py", "-m"), axes, (), "grid", "val/accuracy"),
            trials=tuple(self.trials),
            searched=("learning_rate",),
        )

    @property
    def chosen(self) -> SweepRecord:
        return replace(self.record, choice=choose(self.record, self.root))


@pytest.fixture
def search(tmp_path: Path) -> Search:
    return Search(tmp_path)


def test_the_best_on_validation_is_chosen_whatever_its_test_error(search: Search) -> None:
    search.add(0.1, wrong=range(5), test=0.99)
    search.add(0.2, wrong=range(3), test=0.5)
    search.add(0.3, wrong=range(3), test=0.8)
    choice = search.chosen.choice
    assert choice is not None
    assert choice.values == {"learning_rate": 0.2}, "the first of equals"
    expected = proportion_interval(3, IMAGES)
    assert choice.interval is not None and choice.over == "images"
    assert (choice.interval.low, choice.interval.high) == pytest.approx((100 * expected.low, 100 * expected.high))


@pytest.mark.parametrize("keep", [True, False], ids=["by image", "by counts"])
def test_none_one_and_one_error_cant_be_told_apart(search: Search, keep: bool) -> None:
    for rate, wrong in ((0.1, range(0)), (0.2, range(1)), (0.3, range(7, 8))):
        search.add(rate, wrong=wrong, keep=keep)
    choice = search.chosen.choice
    assert choice is not None
    assert (choice.error, choice.alike, choice.others, choice.left_out) == (0, 2, 2, 0)
    lines = search_lines(search.chosen)
    assert lines[2] == "2 of the 2 other settings can't be told from it on 143 validation images."


def test_settings_are_compared_on_the_same_images(search: Search) -> None:
    """14 errors beside 5 are told apart where the 5 are among the 14; two counts alone would not tell."""
    search.add(0.1, wrong=range(5))
    search.add(0.2, wrong=range(14))
    search.add(0.3, wrong=range(20, 26))
    search.add(0.4, wrong=range(60))
    ps = holm([mcnemar(0, 9), mcnemar(5, 6), mcnemar(0, 55)])
    assert [p is not None and p < 0.05 for p in ps] == [True, False, True]
    choice = search.chosen.choice
    assert choice is not None and (choice.alike, choice.others) == (1, 3)


def test_several_seeds_are_judged_together(search: Search) -> None:
    for seed, (ours, theirs) in enumerate([(5, 60), (7, 62), (6, 70)]):
        search.add(0.1, wrong=range(ours), seed=seed)
        search.add(0.2, wrong=range(theirs), seed=seed)
        search.add(0.3, wrong=range(100, 108), seed=seed)
    choice = search.chosen.choice
    assert choice is not None
    assert (choice.values, choice.trials, choice.over) == ({"learning_rate": 0.1}, (0, 3, 6), "seeds")
    assert (choice.alike, choice.others) == (1, 2)
    expected = t_interval([100 * wrong / IMAGES for wrong in (5, 7, 6)])
    assert choice.interval is not None and expected is not None
    assert (choice.interval.low, choice.interval.high) == pytest.approx((expected.low, expected.high), rel=0.3)


def test_a_setting_that_lost_a_seed_is_not_compared_and_told(search: Search) -> None:
    for seed in (0, 1):
        search.add(0.1, wrong=range(9), seed=seed)
    search.add(0.2, wrong=range(1), seed=0)
    search.break_(0.2, seed=1)
    search.break_(0.3, seed=0)
    choice = search.chosen.choice
    assert choice is not None
    assert (choice.values, choice.others, choice.left_out) == ({"learning_rate": 0.1}, 0, 2)
    assert search_lines(search.chosen)[2] == (
        "There is no other setting to compare it with. 2 settings are not compared, as not all of their runs finished."
    )


def test_it_is_confirmed_by_new_seeds_alone(search: Search) -> None:
    search.add(0.1, wrong=range(9), seed=4)
    search.add(0.2, wrong=range(1), seed=4)
    choice = search.chosen.choice
    assert choice is not None
    told = "python train.py -m depth=20 learning_rate=0.2 seed=5,6,7,8,9"
    assert " ".join(choice.confirm) == told
    assert search_lines(search.chosen)[-1] == f"To confirm it with new seeds: {told}"


def test_what_is_shown_has_the_test_errors_of_the_choice_alone(search: Search) -> None:
    search.add(0.1, wrong=range(9), test=0.99)
    search.add(0.2, wrong=range(1), test=0.9)
    before = search.record
    assert all("test/accuracy" not in trial.metrics for trial in before.blinded().trials)
    assert search_lines(before) == (
        "Test errors are not shown, as learning_rate is searched and validation has not chosen yet.",
    )
    tested = [trial.index for trial in search.chosen.blinded().trials if "test/accuracy" in trial.metrics]
    assert tested == [1]
    test, cost = search_lines(search.chosen)[3:5]
    assert (test, cost) == ("Its test error is 10.00 %.", "The search took 2 trials and 2 min of training.")
    assert replace(before, searched=()).blinded() == replace(before, searched=()), "what is compared is shown"
    assert SweepRecord.from_json(search.chosen.to_json()) == search.chosen


def test_nothing_that_finished_is_no_choice(search: Search) -> None:
    search.break_(0.1)
    assert search.chosen.choice is None
