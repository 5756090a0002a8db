"""The time of one training step, measured on this machine; nothing is recorded."""

import logging
import time
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, final

import pytorch_lightning as pl
import torch

from depthlab.recipe import Recipe
from depthlab.run.evaluate import hardware_line
from depthlab.run.image_facts import ImageFacts
from depthlab.run.prepare import Prepared, prepare
from depthlab.training import MetricsRecorder, choose_hardware

WARM_UP = 2  # steps that aren't timed: memory is asked for, algorithms are chosen
MOST_STEPS = 100


def expected_hardware(recipe: Recipe, facts: ImageFacts, *, processor: str, threads: int) -> str:
    """Return what the recipe's record would name as its hardware here, with so many threads."""
    chosen = choose_hardware(recipe.config["trainer"], image_size=facts.image_size)
    return hardware_line(chosen.gpu or processor, threads=threads, precision=chosen.precision)


def time_step(recipe: Recipe, *, threads: int, seconds: float) -> float:
    """Train for about so many seconds, and keep nothing; return the seconds of one optimizer step.

    The network is not compiled for it, which takes longer than the measurement.

    Raises:
        ValueError: as `prepare` does.
    """
    before = torch.get_num_threads()
    trainer_config = recipe.config["trainer"] | {"threads": threads}
    try:
        prepared = prepare(replace(recipe, config=recipe.config | {"trainer": trainer_config}))
        clock = _Clock(prepared, seconds)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="pytorch_lightning")
            warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
            _trainer(prepared, clock).fit(prepared.classifier, train_dataloaders=prepared.data.train_dataloader())
    finally:
        torch.set_num_threads(before)
    return clock.step_seconds


def _trainer(prepared: Prepared, clock: "_Clock") -> pl.Trainer:
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    hardware = prepared.hardware
    return pl.Trainer(
        accelerator=hardware.device.type,
        devices=1,
        precision="bf16-mixed" if hardware.precision == "bf16" else "32-true",
        max_epochs=MOST_STEPS,  # an epoch has a step at least
        gradient_clip_val=prepared.config["trainer"]["gradient_clip"],
        callbacks=[MetricsRecorder(_Nowhere()), clock],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )


@final
class _Nowhere:
    """A journal that keeps nothing."""

    size = 0

    def append(self, values: Mapping[str, float], *, step: int, epoch: int) -> None: ...

    def flush(self) -> None: ...


@final
class _Clock(pl.Callback):
    """Times steps, and ends training when it has seen enough of them."""

    def __init__(self, prepared: Prepared, seconds: float) -> None:
        self._device = prepared.hardware.device
        self._most = min(prepared.total_steps, MOST_STEPS)  # a schedule knows no step after the last
        self._seconds = seconds
        self._began = self._timed_from = 0.0
        self._first = 0  # steps done when the clock was set
        self.step_seconds = 0.0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._began = self._timed_from = self._now()

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        step = trainer.global_step
        enough = step >= self._most or time.perf_counter() - self._began > self._seconds
        if enough:
            self.step_seconds = (self._now() - self._timed_from) / (step - self._first)
            trainer.should_stop = True
        elif step <= WARM_UP:
            self._timed_from, self._first = self._now(), step

    def _now(self) -> float:
        if self._device.type == "cuda":  # it computes on when the host is done
            torch.cuda.synchronize(self._device)
        return time.perf_counter()
