"""Write the metrics of training to the run's journal: of every step, in batches, and of every epoch."""

import math
import time
from collections.abc import Mapping
from typing import Any, Protocol, final

import pytorch_lightning as pl
import torch
from torch import Tensor

from depthlab.training.classifier import Classifier
from depthlab.training.diverged import Diverged
from depthlab.training.team import Team

# Losses stay on the device for this many steps: reading one makes the host wait for the device.
STEPS_BETWEEN_READS = 20


class MetricsWriter(Protocol):
    """Where metrics are written; a run's journal is one."""

    def append(self, values: Mapping[str, float], *, step: int, epoch: int) -> None: ...

    def flush(self) -> None: ...

    @property
    def size(self) -> int: ...


@final
class MetricsRecorder(pl.Callback):
    """Writes `train/step_loss` and `train/learning_rate` by step; loss and accuracy of both splits, and the speed of
    training so far, by epoch. The step is the number of optimizer steps done, the epoch counts from 1. All numbers are
    those of the whole team, and every member has them.

    The speed counts only the training steps of this process, without validation and checkpoints.
    """

    def __init__(self, journal: MetricsWriter, team: Team | None = None) -> None:
        self.journal = journal
        self.team = team or Team()
        self.validation: dict[str, float] = {}  # of the last validated epoch
        self.latest: dict[str, float] = {}  # all metrics of the last whole epoch
        self._images, self._seconds = 0, 0.0
        self._epoch_images, self._epoch_seconds = 0, 0.0
        self._losses: list[Tensor] = []
        self._rates: list[float] = []
        self._step_began = 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._epoch_images, self._epoch_seconds = 0, 0.0
        self._step_began = time.perf_counter()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._step_began = time.perf_counter()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        # at the end of the step, the schedule has already set the next rate
        self._rates.append(float(trainer.optimizers[0].param_groups[0]["lr"]))

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        now = time.perf_counter()
        self._epoch_images += len(batch[0])
        self._epoch_seconds += now - self._step_began
        self._step_began = now
        self._losses.append(outputs["loss"].detach())
        if len(self._losses) >= STEPS_BETWEEN_READS:
            self._write_steps(trainer)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        assert isinstance(pl_module, Classifier)
        self.validation = pl_module.epoch_metrics("val")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        assert isinstance(pl_module, Classifier)
        self._write_steps(trainer)
        self._images += self._epoch_images
        self._seconds += self._epoch_seconds
        speed = {"throughput/images_per_second": self._images / self._seconds} if self._images else {}
        values = pl_module.epoch_metrics("train") | self.validation | speed
        self.journal.append(values, step=trainer.global_step, epoch=trainer.current_epoch + 1)
        self.latest, self.validation = values, {}

    def flush(self, trainer: pl.Trainer, *, durable: bool) -> None:
        """Write everything up to the current step; where that is to be `durable`, wait until the disk has it."""
        self._write_steps(trainer)
        if durable:
            self.journal.flush()

    def _write_steps(self, trainer: pl.Trainer) -> None:
        if not self._losses:
            return
        losses = (self.team.sum(torch.stack(self._losses).float()) / self.team.size).tolist()
        first = trainer.global_step - len(losses) + 1
        for step, (loss, rate) in enumerate(zip(losses, self._rates, strict=True), start=first):
            values = {"train/step_loss": loss, "train/learning_rate": rate}
            self.journal.append(values, step=step, epoch=trainer.current_epoch + 1)
            if not math.isfinite(loss):
                raise Diverged(
                    f"training diverged: the loss is {loss} at step {step}, learning rate {rate:.3g}; "
                    "type a smaller learning_rate, or trainer.gradient_clip=1"
                )
        self._losses, self._rates = [], []
