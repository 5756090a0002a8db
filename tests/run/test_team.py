"""Several processes that train one network together do what one would do."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch

from depthlab.recipe import compose
from depthlab.run import RunHooks, run
from depthlab.run.prepare import prepare
from depthlab.run.worker import run_worker
from depthlab.tracking import RunFolder, find_folders, read_predictions
from depthlab.training import Checkpoints, Diverged, Interrupted, Pruned, Team, read_weights
from tests.run.test_resume import same_numbers
from tests.training.teams import in_team

pytestmark = pytest.mark.slow

# 54 training images in batches of 16, 16, 16 and 6
SMALL = (
    *("model._target_=tests.training.networks.Normalized", "epochs=3", "batch_size=16", "learning_rate=0.05"),
    *("data=synthetic", "data.image_size=8", "data.train_size=60", "data.test_size=21", "data.crop=1"),
    *("trainer.threads=1", "trainer.progress=false", "trainer.precision=fp32", "tracking=none"),
)
STEPS_PER_EPOCH = 4
GROUPED = "+model.norm=group"
CASES: dict[str, tuple[str, ...]] = {
    "group norm": (GROUPED,),
    "mixup": (GROUPED, "mixup=0.5", "label_smoothing=0.1"),
    "batch norm": (),
    "unused": ("model._target_=tests.training.networks.PartlyUsed",),
    "microbatches": ("trainer.microbatches=2", "trainer.max_steps=3"),  # batches that four divides
    "dropout": ("dropout=0.3", "trainer.checkpoint_minutes=1e-9"),
    "three": (GROUPED, "batch_size=25"),  # batches of 25, 25 and 4: some members have nothing of their own to do
}


def recipe_of(root: Path, *words: str) -> Any:
    return compose([*SMALL, f"tracking.folder={root}", *words])


class PrunesAfter:
    def __init__(self, epoch: int) -> None:
        self.last = epoch

    def step(self, done: int, total: int) -> None: ...

    def epoch(self, epoch: int, metrics: Any) -> None:
        if epoch == self.last:
            raise Pruned


def take_part(root: Path, words: Sequence[str], **hooks: Any) -> str:
    """Run together with the other members; return how it ended for this one."""
    team = Team.joined()
    recipe = recipe_of(root, f"trainer.workers={team.size}", *words)
    try:
        if team.is_rank_zero:
            run(recipe, hooks=RunHooks(team=team, **hooks))
        else:
            run_worker(recipe, team)
    except (Interrupted, Pruned, Diverged) as error:
        return f"{type(error).__name__} {error}"
    return "finished"


def signalled_in_step(step: int) -> Any:
    """Return what sends SIGTERM to this process when it begins a step."""
    begin = Checkpoints.on_train_batch_end

    def on_train_batch_end(self: Checkpoints, trainer: pl.Trainer, *arguments: Any) -> None:
        if trainer.global_step == step:
            os.kill(os.getpid(), signal.SIGTERM)
        begin(self, trainer, *arguments)

    return on_train_batch_end


def all_cases_of_two(root: Path) -> dict[str, str]:
    ends = {name: take_part(root / name, words) for name, words in CASES.items() if name != "three"}
    words = CASES["dropout"]
    rank = Team.joined().rank
    with pytest.MonkeyPatch.context() as patch:
        if rank == 1:
            patch.setattr(Checkpoints, "on_train_batch_end", signalled_in_step(STEPS_PER_EPOCH + 2))
        ends["cut off"] = take_part(root / "broken", words)
    ends["pruned"] = take_part(root / "broken", words, **({} if rank else {"listener": PrunesAfter(2)}))
    ends["continued"] = take_part(root / "broken", words)
    ends["diverged"] = take_part(root / "diverged", ("learning_rate=1e30",))
    return ends


def three(root: Path) -> str:
    return take_part(root / "three", CASES["three"])


@dataclass
class Together:
    """What two processes, and then three, have left."""

    root: Path
    ends: list[dict[str, str]] = field(default_factory=list)

    def folder(self, name: str) -> RunFolder:
        (folder,) = find_folders(self.root / name)
        return folder


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Together:
    root = tmp_path_factory.mktemp("together")
    ends = in_team(2, all_cases_of_two, root / "two", root)
    in_team(3, three, root / "in three", root)
    return Together(root, ends)


def column(folder: RunFolder, name: str) -> list[float]:
    return [line.values[name] for line in folder.journal.read() if name in line.values]


def alone(root: Path, *words: str) -> RunFolder:
    return RunFolder.open(root / run(recipe_of(root, *words)).folder)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("group norm", ()),
        ("mixup", ()),
        ("three", ()),
        ("batch norm", ("trainer.microbatches=2",)),  # statistics by shard
        ("unused", ("trainer.microbatches=2",)),
        ("microbatches", ("trainer.microbatches=4",)),
    ],
)
def test_losses_of_every_step_and_epoch_are_those_of_one_process(
    together: Together, case: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    one, several = alone(tmp_path, *CASES[case], *words), together.folder(case)
    names = ("train/step_loss", "train/loss", "train/accuracy", "val/loss", "val/accuracy", "test/loss")
    for name in (*names, "train/learning_rate"):
        found, expected = column(several, name), column(one, name)
        assert len(found) == len(expected) > 0
        assert found == pytest.approx(expected, rel=1e-4), name
    for name, weights in read_weights(one.checkpoints / "final.ckpt").items():
        found_weights = read_weights(several.checkpoints / "final.ckpt")[name]
        torch.testing.assert_close(found_weights, weights, rtol=1e-3, atol=1e-5)


def test_statistics_by_shard_are_other_ones_than_those_of_the_whole_batch(together: Together, tmp_path: Path) -> None:
    one = column(alone(tmp_path, *CASES["batch norm"]), "train/step_loss")
    assert column(together.folder("batch norm"), "train/step_loss") != pytest.approx(one, rel=1e-4)


def test_all_members_come_to_the_same_end(together: Together) -> None:
    one, other = together.ends
    assert one == other
    assert all(one[name] == "finished" for name in CASES if name != "three")


def test_a_signal_to_one_member_stops_all_after_the_same_step(together: Together) -> None:
    assert together.ends[0]["cut off"] == "Interrupted SIGTERM"
    assert together.ends[0]["pruned"].startswith("Pruned")


def test_a_run_that_was_cut_off_ends_bit_for_bit_like_an_unbroken_one(together: Together) -> None:
    whole, broken = together.folder("dropout"), together.folder("broken")
    assert together.ends[0]["continued"] == "finished"
    assert broken.journal.resumptions == 2
    assert same_numbers(whole, broken)
    found = read_weights(broken.checkpoints / "final.ckpt")
    for name, weights in read_weights(whole.checkpoints / "final.ckpt").items():
        assert torch.equal(found[name], weights)


def test_divergence_is_noticed_by_all_at_the_same_step(together: Together) -> None:
    one, other = (ends["diverged"] for ends in together.ends)
    assert one == other
    assert one.startswith("Diverged training diverged: the loss is")
    assert together.folder("diverged").status == "diverged"


def test_one_record_is_written_and_nothing_by_others(together: Together) -> None:
    for name in CASES:
        folder = together.folder(name)
        assert folder.status == "finished"
        assert folder.record is not None
        assert {f.stem for f in folder.checkpoints.iterdir()} - {"previous"} == {"best", "final", "last"}
        predictions = read_predictions(folder)
        assert (len(predictions.validation), len(predictions.test)) == (6, 21)
        assert predictions.test.errors == round(21 * (1 - folder.record.metrics["test/accuracy"]))


def test_members_begin_with_equal_weights_and_draw_other_numbers(tmp_path: Path) -> None:
    member = Team()
    member.rank = 1
    drawn, weights = [], []
    for team in (Team(), member):
        weights.append(prepare(recipe_of(tmp_path), team).classifier.network.state_dict())
        drawn.append(torch.rand(3))
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert not torch.equal(*drawn)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("trainer.workers=2",), "trainer.workers=2 asks for as many processes, and this is one alone; type -m"),
        (("trainer.workers=9",), "batch_size=16 is too small for trainer.workers=9.* type batch_size=18"),
    ],
)
def test_a_wrong_number_of_processes_is_told(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=told):
        run(recipe_of(tmp_path, *words))
    assert find_folders(tmp_path) == []
