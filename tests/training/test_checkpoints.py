"""Checkpoints appear whole, can be read without running code, and never lose the numbers of an epoch."""

import errno
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch import nn

from depthlab.training import Checkpoints, Interrupted, Interruption, MetricsRecorder, read_weights, save_weights
from tests.training.small import Memory, Training, batches

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


class Steps(pl.Callback):
    """Sees after which steps there was a new last.ckpt, and sends a signal after a step."""

    def __init__(self, checkpoints: Checkpoints, *, stop_after: int = -1) -> None:
        self.checkpoints = checkpoints
        self.stop_after = stop_after
        self.written: list[int] = []

    def on_train_batch_start(self, trainer: pl.Trainer, *_: Any) -> None:
        if trainer.global_step + 1 == self.stop_after:
            os.kill(os.getpid(), signal.SIGINT)

    def on_save_checkpoint(self, trainer: pl.Trainer, *_: Any) -> None:
        self.written.append(trainer.global_step)


def interrupted_after(
    folder: Path, step: int, *, epochs: int, max_steps: int | None = None
) -> tuple[list[int], Memory]:
    """Train until a signal comes in the step; return the steps that a checkpoint followed, and the journal."""
    with Interruption() as interruption:
        training = Training(folder, interruption)
        interruption.deferred = True
        watch = Steps(training.checkpoints, stop_after=step)
        with pytest.raises(Interrupted):
            training.fit(batches(4, 4, 4), batches(5), watch, epochs=epochs, max_steps=max_steps)
    assert torch.load(training.checkpoints.last, weights_only=True)["global_step"] == step
    assert training.journal.flushed == len(training.journal.lines)
    return watch.written, training.journal


def test_every_file_is_readable_without_running_code_and_no_other_is_left(tmp_path: Path) -> None:
    training = Training(tmp_path)
    training.fit(batches(4, 4), batches(5), epochs=2)
    save_weights(training.classifier.network, tmp_path / "final.ckpt", accuracy=0.5)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["best.ckpt", "final.ckpt", "last.ckpt", "previous.ckpt"]
    last = torch.load(tmp_path / "last.ckpt", weights_only=True)
    assert last["global_step"] == 4
    assert {"optimizer_states", "lr_schedulers", "loops", "members", "best", "seconds"} <= last.keys()
    assert torch.load(tmp_path / "final.ckpt", weights_only=True)["accuracy"] == 0.5
    for key, value in read_weights(tmp_path / "final.ckpt").items():
        assert torch.equal(value, training.classifier.network.state_dict()[key])


def test_the_best_weights_are_those_of_the_first_of_equals(tmp_path: Path) -> None:
    checkpoints = Checkpoints(
        tmp_path, every_minutes=1, interruption=Interruption(), reporting=MetricsRecorder(Memory())
    )
    for epoch, accuracy in enumerate((0.0, 0.7, 0.7, 0.6, float("nan")), start=1):
        network = nn.Linear(1, 1, bias=False)
        nn.init.constant_(network.weight, epoch)
        checkpoints.keep_if_best(network, accuracy=accuracy, epoch=epoch)
    best = torch.load(tmp_path / "best.ckpt", weights_only=True)
    assert best["state_dict"]["weight"].item() == best["epoch"] == checkpoints.best["epoch"] == 2
    assert best["accuracy"] == 0.7


def test_an_accuracy_of_zero_is_better_than_none(tmp_path: Path) -> None:
    checkpoints = Checkpoints(
        tmp_path, every_minutes=1, interruption=Interruption(), reporting=MetricsRecorder(Memory())
    )
    checkpoints.keep_if_best(nn.Linear(1, 1), accuracy=0.0, epoch=1)
    assert (tmp_path / "best.ckpt").is_file()


@pytest.mark.parametrize(("minutes", "expected"), [(0.0, [1, 2, 3, 4, 5, 6]), (60.0, [3, 6])])
def test_checkpoints_come_at_each_epochs_end_and_every_few_minutes(
    tmp_path: Path, minutes: float, expected: list[int]
) -> None:
    """One a step, and one at an epoch's last: what would be written before its validation would lose its numbers."""
    training = Training(tmp_path, every_minutes=minutes)
    watch = Steps(training.checkpoints)
    training.fit(batches(4, 4, 4), batches(5), watch, epochs=2)
    assert watch.written == expected


@pytest.mark.parametrize(("step", "written"), [(2, [2]), (3, [3]), (5, [3, 5]), (6, [3, 6])])
def test_a_signal_lets_the_step_finish_and_its_checkpoint_be_written(
    tmp_path: Path, step: int, written: list[int]
) -> None:
    assert interrupted_after(tmp_path, step, epochs=2)[0] == written


def test_the_last_step_of_an_epoch_that_is_cut_short_is_an_epochs_end(tmp_path: Path) -> None:
    written, journal = interrupted_after(tmp_path, 5, epochs=2, max_steps=5)
    assert written == [3, 5]
    assert [(step, epoch) for step, epoch, _ in journal.column("train/loss")] == [(3, 1), (5, 2)]
    resumed = Training(tmp_path)
    resumed.fit(batches(4, 4, 4), batches(5), epochs=2, max_steps=5, resume=resumed.checkpoints.last)
    assert resumed.journal.lines == []  # nothing was left to do, and to write


def test_generators_best_and_time_go_on_from_the_checkpoint(tmp_path: Path) -> None:
    training = Training(tmp_path)
    training.fit(batches(4, 4), batches(5))
    drawn = torch.rand(3)
    torch.manual_seed(99)
    resumed = Training(tmp_path)
    resumed.fit(batches(4, 4), batches(5), resume=training.checkpoints.last)
    assert torch.equal(torch.rand(3), drawn)
    assert resumed.checkpoints.best == training.checkpoints.best != {"accuracy": -1.0, "epoch": -1.0}
    assert resumed.checkpoints.seconds > torch.load(training.checkpoints.last, weights_only=True)["seconds"] > 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "best.ckpt"
    save_weights(nn.Linear(1, 1), file, epoch=1)
    (tmp_path / f".best.ckpt.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match=f"No space left on device.*{file}"):
        save_weights(nn.Linear(2, 2), file, epoch=2)
    assert [path.name for path in tmp_path.iterdir()] == ["best.ckpt"]
    assert torch.load(file, weights_only=True)["epoch"] == 1


def test_a_full_disk_ends_training_with_the_disks_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_a_file(trainer: pl.Trainer, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pl.Trainer, "save_checkpoint", half_a_file)
    with pytest.raises(OSError, match=r"No space left on device.*last\.ckpt"):
        Training(tmp_path).fit(batches(4, 4), batches(5))
    assert [path.name for path in tmp_path.iterdir()] == ["best.ckpt"]
