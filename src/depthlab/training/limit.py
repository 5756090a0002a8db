"""End training at a step."""

from typing import Any, final

import pytorch_lightning as pl


@final
class StepLimit(pl.Callback):
    """Ends training after `steps` optimizer steps, and validates the shortened epoch.

    It replaces Lightning's `max_steps`, with which a run resumed at the end of an epoch skips the next one.
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        if trainer.global_step >= self.steps:
            trainer.should_stop = True
