"""A run's progress: one Rich bar over all steps, with loss, accuracy and the time left."""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sized
from typing import Any, Protocol, TypeVar, final

import pytorch_lightning as pl
import rich.progress
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from depthlab.training.classifier import Classifier
from depthlab.training.notebook import NotebookLine

Item = TypeVar("Item", covariant=True)


class SizedIterable(Sized, Iterable[Item], Protocol[Item]):
    """An iterable with a length."""


def track(items: SizedIterable[Item], doing: str, *, enabled: bool | None = None) -> Iterator[Item]:
    """Yield `items` with a progress bar and the time left; silent where standard error is not a terminal."""
    console = Console(file=sys.stderr)
    shown = console.is_terminal if enabled is None else enabled
    yield from rich.progress.track(items, doing, total=len(items), console=console, transient=True, disable=not shown)


@final
class ProgressBar(pl.Callback):
    """A bar on standard error; silent where that is not a terminal. Metrics are read some sixty times a run."""

    def __init__(self, total_steps: int, *, enabled: bool | None = None) -> None:
        self.console = Console(file=sys.stderr)
        self.enabled = self.console.is_terminal if enabled is None else enabled
        self.notebook = NotebookLine()
        self.enabled = self.enabled or (enabled is None and self.notebook.there)
        self.total_steps = total_steps
        self._text = ""
        self._progress = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}% {task.fields[numbers]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=self.console,
            refresh_per_second=4,
            transient=True,
            disable=not self.enabled or self.notebook.there,
        )
        self._task = self._progress.add_task("train", total=total_steps, epoch="", numbers="")

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._progress.update(self._task, completed=trainer.global_step, epoch=self._epoch(trainer))
        self._progress.start()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if not self.enabled:
            return
        # at most some sixty reads a run: each makes the device wait for the host
        if trainer.global_step % max(1, self.total_steps // 60) == 0 or self.total_steps < 600:
            assert isinstance(pl_module, Classifier)
            accuracy = float(pl_module.train_accuracy.compute())
            self._text = f"loss {float(outputs['loss']):.3f} · accuracy {accuracy:.3f}"
        self._progress.update(self._task, completed=trainer.global_step, numbers=self._text, epoch=self._epoch(trainer))
        share = trainer.global_step / self.total_steps
        self.notebook.show(f"epoch {self._epoch(trainer)} · {share:.0%} · {self._text}", last=share >= 1)

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._progress.stop()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone, which must not hide what ended the run
            self._progress.stop()

    def _epoch(self, trainer: pl.Trainer) -> str:
        return f"{trainer.current_epoch + 1}/{trainer.max_epochs}"
