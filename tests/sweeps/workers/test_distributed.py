"""Trials of two processes that Ray Train starts and joins: what they find, how they are watched, how they end."""

import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from depthlab.recipe import Recipe
from depthlab.records import RunRecord
from depthlab.run import RunHooks, run
from depthlab.sweeps.workers.distributed import WorkerDied, ensure_distributed
from depthlab.sweeps.workers.message_queue import WorkerEnded
from depthlab.sweeps.workers.task import Resources
from depthlab.tracking import RunFolder, find_folders
from depthlab.training import Diverged, Interrupted, Interruption, Pruned
from tests.run.test_resume import same_numbers
from tests.run.test_team import CASES, STEPS_PER_EPOCH, column, recipe_of, take_part
from tests.training.teams import in_team


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield ray
    ray.shutdown()


class Seen:
    """A watch that remembers, and does something at an epoch."""

    def __init__(self, at_epoch: Mapping[int, Any] | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self.epochs: list[tuple[int, dict[str, float]]] = []
        self.at_epoch = at_epoch or {}

    def step(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        self.epochs.append((epoch, dict(metrics)))
        self.at_epoch.get(epoch, lambda: None)()


def recipe_for_two(root: Path, *words: str) -> Recipe:
    recipe: Recipe = recipe_of(root, "trainer.workers=2", *words)
    return recipe


def together(root: Path, *words: str, **hooks: Any) -> RunRecord:
    recipe = recipe_for_two(root, *words)
    return ensure_distributed(recipe, fingerprint_of(recipe), Resources(workers=2), hooks=RunHooks(**hooks))


def fingerprint_of(recipe: Recipe) -> str:
    from depthlab.data import synthetic

    checksum = synthetic(image_size=8, train_size=60, test_size=21).checksum
    return recipe.fingerprint(data_checksum=checksum, precision="fp32")


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("words", "alone"),
    [
        pytest.param(CASES["group norm"], CASES["group norm"], id="group norm"),
        pytest.param((), ("trainer.microbatches=2",), id="batch norm, by shard"),
    ],
)
def test_two_processes_find_what_one_does(words: tuple[str, ...], alone: tuple[str, ...], tmp_path: Path) -> None:
    listener = Seen()
    record = together(tmp_path / "two", *words, listener=listener)
    expected = run(recipe_of(tmp_path / "one", *alone))
    one, two = (RunFolder.open(tmp_path / name / r.folder) for name, r in (("one", expected), ("two", record)))
    for name in ("train/step_loss", "train/loss", "train/accuracy", "val/loss", "val/accuracy", "test/loss"):
        assert column(two, name) == pytest.approx(column(one, name), rel=1e-4), name
    assert [metrics["val/loss"] for _, metrics in listener.epochs] == column(two, "val/loss")
    assert listener.steps[0][1] == 3 * STEPS_PER_EPOCH
    again = together(tmp_path / "two", *words)
    assert again == record
    assert [folder.status for folder in find_folders(tmp_path / "two")] == ["finished"]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_run_that_is_stopped_pruned_and_killed_goes_on_to_the_same_end(tmp_path: Path) -> None:
    words = CASES["dropout"]
    in_team(2, take_part, tmp_path / "plain", tmp_path / "whole", words)  # without Ray
    (whole,) = find_folders(tmp_path / "whole")
    broken = tmp_path / "broken"
    interruption = Interruption()
    with pytest.raises(Interrupted):
        together(broken, *words, interruption=interruption, listener=Seen({1: interruption.request_stop}))
    (folder,) = find_folders(broken)
    assert folder.status == "killed"

    def prune() -> None:
        raise Pruned

    with pytest.raises(Pruned):
        together(broken, *words, listener=Seen({2: prune}))
    assert folder.status == "pruned"
    listener = Seen()
    record = together(broken, *words, listener=listener)
    assert record.resumptions == 2
    assert same_numbers(whole, RunFolder.open(broken / record.folder))
    assert [metrics["val/loss"] for _, metrics in listener.epochs] == column(folder, "val/loss")[2:]
    assert {total for _, total in listener.steps} == {3 * STEPS_PER_EPOCH}


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("words", "error", "text"),
    [
        pytest.param(
            ("learning_rate=1e30",), Diverged, "the loss is nan at step", marks=pytest.mark.exhaustive, id="diverged"
        ),
        (("model._target_=tests.training.networks.FailsInOne",), MemoryError, "of rank 1"),
        (("model._target_=tests.training.networks.DiesInOne",), WorkerDied, "process 1 of the trial died"),
    ],
)
def test_what_goes_wrong_in_a_process_comes_out_as_it_was(
    words: tuple[str, ...], error: type[Exception], text: str, tmp_path: Path
) -> None:
    before = threading.active_count()
    with pytest.raises(error, match=text):
        together(tmp_path, *words)
    assert threading.active_count() <= before + 1  # the one that waited for Ray Train is gone


class Peculiar(Exception):
    """Can't be made again from what it keeps."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


@pytest.mark.parametrize("error", [ValueError("a mistake"), Diverged("nan"), Interrupted(signal.SIGTERM), Pruned()])
def test_errors_travel_as_they_are(error: BaseException) -> None:
    raised = WorkerEnded.of(1, error).raised()
    assert type(raised) is type(error)
    assert str(raised) == str(error)


def test_an_error_that_can_not_travel_says_what_it_was() -> None:
    raised = WorkerEnded.of(1, Peculiar(1, 2)).raised()
    assert type(raised) is RuntimeError
    assert str(raised) == "Peculiar: 1 and 2"
