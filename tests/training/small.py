"""Training in the small: a linear network, batches made up, and a journal in memory."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from depthlab.training import Checkpoints, Classifier, Interruption, MetricsRecorder, StepLimit
from depthlab.training.schedules import Schedule, constant

CLASSES = 3
Batch = tuple[Tensor, Tensor]


class Loader:
    """Batches that Lightning takes for one loader: a list would be several."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Batch]:
        yield from self.batches


@dataclass
class Memory:
    """A journal that keeps its lines."""

    lines: list[tuple[int, int, dict[str, float]]] = field(default_factory=list)
    flushed: int = 0  # how many lines were on the disk at the last flush

    def append(self, values: Mapping[str, float], *, step: int, epoch: int) -> None:
        self.lines.append((step, epoch, dict(values)))

    def flush(self) -> None:
        self.flushed = len(self.lines)

    @property
    def size(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> list[tuple[int, int, float]]:
        return [(step, epoch, values[name]) for step, epoch, values in self.lines if name in values]


@dataclass
class Training:
    """All that takes part in a training."""

    folder: Path
    interruption: Interruption = field(default_factory=Interruption)
    journal: Memory = field(default_factory=Memory)
    every_minutes: float = 60.0
    learning_rate: float = 0.1
    schedule: Schedule = field(default_factory=constant)

    def __post_init__(self) -> None:
        torch.manual_seed(0)
        self.classifier = Classifier(
            nn.Sequential(nn.Flatten(), nn.Linear(12, CLASSES)),
            optimizer=lambda parameters: torch.optim.SGD(parameters, lr=self.learning_rate),
            schedule=self.schedule,
            total_steps=100,
            num_classes=CLASSES,
        )
        self.reporting = MetricsRecorder(self.journal)
        self.checkpoints = Checkpoints(
            self.folder, every_minutes=self.every_minutes, interruption=self.interruption, reporting=self.reporting
        )

    def fit(
        self,
        train: Sequence[Batch],
        validation: Sequence[Batch],
        *more: pl.Callback,
        epochs: int = 1,
        max_steps: int | None = None,
        resume: Path | None = None,
    ) -> pl.Trainer:
        logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
        trainer = pl.Trainer(
            accelerator="cpu",
            max_epochs=epochs,
            callbacks=[StepLimit(max_steps or epochs * len(train)), self.reporting, self.checkpoints, *more],
            default_root_dir=self.folder,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )
        trainer.fit(self.classifier, Loader(train), Loader(validation), ckpt_path=resume, weights_only=True)
        return trainer


def batches(*sizes: int, seed: int = 0) -> list[Batch]:
    """Return batches of made-up images (N, 3, 2, 2) and labels."""
    generator = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(n, 3, 2, 2, generator=generator), torch.randint(0, CLASSES, (n,), generator=generator))
        for n in sizes
    ]
