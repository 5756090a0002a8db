"""Let someone look on: a board that shows progress, a scheduler that stops what is not worth its time."""

from collections.abc import Mapping
from typing import Any, Protocol, final

import pytorch_lightning as pl

from depthlab.training.interruption import Pruned
from depthlab.training.reporting import Reporting
from depthlab.training.team import Team


class ProgressListener(Protocol):
    """Who looks on. Both are called by the training loop, so they must be quick."""

    def step(self, done: int, total: int) -> None:
        """Take note that `done` of `total` optimizer steps are done."""

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Take note of an epoch's metrics; may raise `Pruned`, as its checkpoint is written."""


@final
class Watching(pl.Callback):
    """Tells a `ProgressListener` of steps and epochs; stands behind the callback that writes checkpoints.

    In a team the leader has the watch, and where it prunes, all members stop.
    """

    def __init__(
        self, watch: ProgressListener | None, *, total_steps: int, reporting: Reporting, team: Team | None = None
    ) -> None:
        self.watch = watch
        self.team = team or Team()
        self.total_steps = total_steps
        self.reporting = reporting

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        if self.watch is not None:
            self.watch.step(trainer.global_step, self.total_steps)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        pruned: Pruned | None = None
        if self.watch is not None:
            try:
                self.watch.epoch(trainer.current_epoch + 1, self.reporting.latest)
            except Pruned as error:
                pruned = error
        if self.team.broadcast(pruned is not None):
            raise pruned or Pruned
