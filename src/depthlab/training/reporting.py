"""Write what happens in training into the run's journal: every step, in batches, and every epoch."""

import time
from typing import Any, Protocol, final

import pytorch_lightning as pl
import torch
from torch import Tensor

from depthlab.training.checkpoints import Checkpoints
from depthlab.training.classifier import Classifier

# Losses stay on the device for so many steps: reading one makes the host wait for the device.
STEPS_BETWEEN_READS = 20


class Journal(Protocol):
    """What training needs of a journal."""

    def append(self, values: dict[str, float], *, step: int, epoch: int) -> None: ...


@final
class Reporting(pl.Callback):
    """Journals `train/step_loss` and `train/learning_rate` by step; loss and accuracy of both splits, the speed of
    training and the time by epoch. Names the epoch's validation accuracy to the checkpoints.

    `images_per_second` counts training steps only: neither validation nor the writing of checkpoints.
    """

    def __init__(self, journal: Journal, checkpoints: Checkpoints) -> None:
        self.journal = journal
        self.checkpoints = checkpoints
        self.images, self.seconds = 0, 0.0
        self.tracking_seconds = 0.0
        self._epoch_images, self._epoch_seconds = 0, 0.0
        self._losses: list[Tensor] = []
        self._rates: list[float] = []
        self._validation: dict[str, float] = {}
        self._resumed_at = 0.0

    @property
    def images_per_second(self) -> float:
        """Training speed over all steps of this process."""
        return self.images / self.seconds if self.seconds else 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._epoch_images, self._epoch_seconds = 0, 0.0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._resumed_at = time.perf_counter()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        now = time.perf_counter()
        self._epoch_images += len(batch[0])
        self._epoch_seconds += now - self._resumed_at
        self._losses.append(outputs["loss"].detach())
        self._rates.append(float(trainer.optimizers[0].param_groups[0]["lr"]))
        if len(self._losses) >= STEPS_BETWEEN_READS:
            self.flush(trainer)
        self._resumed_at = time.perf_counter()
        self.tracking_seconds += self._resumed_at - now

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.sanity_checking:
            return
        assert isinstance(pl_module, Classifier)
        self._validation = pl_module.epoch_metrics("val")
        accuracy = self._validation["val/accuracy"]
        self.checkpoints.keep_if_best(pl_module.network, accuracy=accuracy, epoch=trainer.current_epoch)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        assert isinstance(pl_module, Classifier)
        self.flush(trainer)
        self.images += self._epoch_images
        self.seconds += self._epoch_seconds
        speed = {"throughput/images_per_second": self._epoch_images / self._epoch_seconds} if self._epoch_images else {}
        values = pl_module.epoch_metrics("train") | self._validation | speed
        begun = time.perf_counter()
        self.journal.append(values, step=trainer.global_step, epoch=trainer.current_epoch)
        self._resumed_at = time.perf_counter()
        self.tracking_seconds += self._resumed_at - begun

    def flush(self, trainer: pl.Trainer) -> None:
        """Write the steps that are still on the device into the journal."""
        if not self._losses:
            return
        losses = torch.stack(self._losses).float().tolist()
        first = trainer.global_step - len(losses) + 1
        for step, (loss, rate) in enumerate(zip(losses, self._rates, strict=True), start=first):
            self.journal.append(
                {"train/step_loss": loss, "train/learning_rate": rate}, step=step, epoch=trainer.current_epoch
            )
        self._losses, self._rates = [], []
