"""Save the weights of chosen steps during training, such as the ends of a schedule's cycles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

import pytorch_lightning as pl

from depthlab.training.checkpoints import save_weights
from depthlab.training.classifier import Classifier
from depthlab.training.team import Team


@final
class Snapshots(pl.Callback):
    """Writes the weights to `snapshot-001.ckpt`, `snapshot-002.ckpt` and so on, after each of the given steps.

    It must come before the callback that writes `last.ckpt`, so that the snapshots of all earlier steps are on disk
    when that file is. A run resumed from an earlier step computes the same weights and writes them again. Files are
    written atomically; in a team rank zero writes.
    """

    def __init__(self, folder: Path, *, after: Sequence[int], team: Team | None = None) -> None:
        self.folder = folder
        self.numbers = {step: number for number, step in enumerate(after, start=1)}
        self.team = team or Team()

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        step = trainer.global_step
        if step in self.numbers and self.team.is_rank_zero:
            assert isinstance(pl_module, Classifier)
            save_weights(pl_module.network, self.folder / f"snapshot-{self.numbers[step]:03d}.ckpt", step=float(step))
