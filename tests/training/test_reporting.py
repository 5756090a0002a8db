"""Every step and every epoch is journaled once, and a loss that is no number ends the run."""

import time
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch.nn import functional as F

from depthlab.training import Diverged
from depthlab.training.reporting import STEPS_BETWEEN_READS
from depthlab.training.schedules import cosine
from tests.training.small import Batch, Training, batches

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
EPOCH_NAMES = {"train/loss", "train/accuracy", "val/loss", "val/accuracy", "throughput/images_per_second"}


@pytest.fixture
def training(tmp_path: Path) -> Training:
    return Training(tmp_path, schedule=cosine())


def test_every_step_is_journaled_once_with_its_own_loss_and_rate(training: Training) -> None:
    size = STEPS_BETWEEN_READS + 3  # so that an epoch's end falls between two reads
    train = batches(*[4] * size)
    losses = []
    twin = Training(training.folder, schedule=cosine())
    settings = twin.classifier.configure_optimizers()
    for images, labels in train * 2:
        loss = F.cross_entropy(twin.classifier.network(images), labels)
        settings["optimizer"].zero_grad()
        loss.backward()
        settings["optimizer"].step()
        settings["lr_scheduler"]["scheduler"].step()
        losses.append(loss.item())

    training.fit(train, batches(5), epochs=2)
    found = training.journal.column("train/step_loss")
    assert [(step, epoch) for step, epoch, _ in found] == [(n, 1 + (n > size)) for n in range(1, 2 * size + 1)]
    assert [loss for _, _, loss in found] == pytest.approx(losses, abs=1e-6)
    rates = [rate for _, _, rate in training.journal.column("train/learning_rate")]
    assert rates == pytest.approx([0.1 * cosine()(step, 100) for step in range(2 * size)])


def test_an_epoch_is_journaled_at_its_last_step_after_its_steps(training: Training) -> None:
    training.fit(batches(4, 4, 2), batches(5, 3), epochs=2)
    ends = [(step, epoch) for step, epoch, values in training.journal.lines if values.keys() == EPOCH_NAMES]
    assert ends == [(3, 1), (6, 2)]
    assert [step for step, _, _ in training.journal.lines] == [1, 2, 3, 3, 4, 5, 6, 6]


def test_validation_is_that_of_the_epochs_last_weights(training: Training) -> None:
    validation = batches(5, 3, seed=1)
    training.fit(batches(4, 4), validation)
    images, labels = (torch.cat(parts) for parts in zip(*validation, strict=True))
    scores = training.classifier.network(images)
    ((_, _, loss),) = training.journal.column("val/loss")
    ((_, _, accuracy),) = training.journal.column("val/accuracy")
    assert loss == pytest.approx(F.cross_entropy(scores, labels).item(), abs=1e-6)
    assert accuracy == pytest.approx((scores.argmax(1) == labels).float().mean().item())


def test_an_epoch_that_is_cut_short_is_validated_too(training: Training) -> None:
    training.fit(batches(4, 4, 4), batches(5), epochs=2, max_steps=5)
    assert [step for step, _, _ in training.journal.column("train/loss")] == [3, 5]
    assert [step for step, _, _ in training.journal.column("val/loss")] == [3, 5]


def test_speed_counts_images_over_the_time_of_training_steps(training: Training) -> None:
    class Slow(pl.Callback):
        def on_validation_batch_end(self, *_: Any) -> None:
            time.sleep(1.0)

        def on_train_batch_start(self, *_: Any) -> None:
            time.sleep(0.1)

    training.fit(batches(10, 10), batches(5), Slow(), epochs=2)
    # 10 images in little more than 0.1 s a step; with a sleep of validation it would be below 30 a second
    first, second = (speed for _, _, speed in training.journal.column("throughput/images_per_second"))
    assert 30 < first < 100
    assert 30 < second < 100


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_training_in_one_line(training: Training, bad: float) -> None:
    train: list[Batch] = batches(*[4] * 30)
    train[6] = (torch.full((4, 3, 2, 2), bad), train[6][1])
    with pytest.raises(
        Diverged, match=r"diverged: the loss is (nan|inf) at step 7, learning rate .*learning_rate"
    ) as raised:
        training.fit(train, batches(5))
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, ValueError)
    steps = [step for step, _, _ in training.journal.column("train/step_loss")]
    assert steps == [1, 2, 3, 4, 5, 6, 7]  # what was good, and the first that was not
