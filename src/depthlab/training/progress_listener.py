"""Report progress to a listener: a display that shows it, or a scheduler that stops unpromising runs."""

from collections.abc import Mapping
from typing import Any, Protocol, final

import pytorch_lightning as pl

from depthlab.training.interruption import Pruned
from depthlab.training.reporting import MetricsRecorder
from depthlab.training.team import Team


class ProgressListener(Protocol):
    """Receives progress. The training loop calls both methods, so they must be quick."""

    def step(self, done: int, total: int) -> None:
        """Handle the completion of `done` of `total` optimizer steps."""

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Handle an epoch's metrics; may raise `Pruned`, as the epoch's checkpoint is already written."""


@final
class ListenerCallback(pl.Callback):
    """Reports steps and epochs to a `ProgressListener`; must come after the callback that writes checkpoints.

    In a team rank zero has the listener, and if it prunes, all members stop.
    """

    def __init__(
        self,
        listener: ProgressListener | None,
        *,
        total_steps: int,
        reporting: MetricsRecorder,
        team: Team | None = None,
    ) -> None:
        self.listener = listener
        self.team = team or Team()
        self.total_steps = total_steps
        self.reporting = reporting

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        if self.listener is not None:
            self.listener.step(trainer.global_step, self.total_steps)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        pruned: Pruned | None = None
        if self.listener is not None:
            try:
                self.listener.epoch(trainer.current_epoch + 1, self.reporting.latest)
            except Pruned as error:
                pruned = error
        if self.team.broadcast(pruned is not None):
            raise pruned or Pruned
