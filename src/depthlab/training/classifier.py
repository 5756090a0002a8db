"""The LightningModule: any network that maps images to class scores, with its loss, optimizer and schedule."""

import math
from collections.abc import Callable, Iterable
from typing import Any, final

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics import MeanMetric
from torchmetrics.classification import MulticlassAccuracy

from depthlab.nn import Network
from depthlab.training.schedules import Schedule

AUXILIARY_WEIGHT = 0.3  # of each auxiliary head's loss (Szegedy et al. 2014, arXiv 1409.4842, sec. 5)

OptimizerFactory = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


@final
class Classifier(pl.LightningModule):
    """Trains `network` by cross-entropy on batches (images (N, C, H, W), labels (N,) or class shares (N, K))."""

    def __init__(
        self,
        network: nn.Module,
        *,
        optimizer: OptimizerFactory,
        schedule: Schedule,
        total_steps: int,
        num_classes: int,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.network = network
        self.optimizer_factory = optimizer
        self.schedule = schedule
        self.total_steps = total_steps
        self.label_smoothing = label_smoothing
        # NaN for NaN: by default it is left out of the mean; "disable" forgets the weights (torchmetrics 1.9)
        self.train_loss, self.val_loss = MeanMetric(nan_strategy=math.nan), MeanMetric(nan_strategy=math.nan)
        self.train_accuracy = MulticlassAccuracy(num_classes, average="micro", validate_args=False)
        self.val_accuracy = MulticlassAccuracy(num_classes, average="micro", validate_args=False)
        # in the checkpoint, so that a run resumed within an epoch reports the whole of it
        self.train_loss.persistent(True)
        self.train_accuracy.persistent(True)

    def forward(self, images: Tensor) -> Tensor:
        """Return class scores (N, K) of normalized images (N, C, H, W)."""
        scores: Tensor = self.network(images)
        return scores

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        images, targets = batch
        scores, *auxiliary = self._all_scores(images)
        loss = self._loss(scores, targets)
        labels = targets if targets.ndim == 1 else targets.argmax(dim=1)
        self.train_loss.update(loss.detach(), weight=len(labels))
        self.train_accuracy.update(scores.detach(), labels)
        return loss + AUXILIARY_WEIGHT * sum(self._loss(others, targets) for others in auxiliary) if auxiliary else loss

    def _all_scores(self, images: Tensor) -> list[Tensor]:
        """Return the scores (N, K), and those of auxiliary heads, if the network has some."""
        if isinstance(self.network, Network) and len(self.network.auxiliary):
            return self.network.all_logits(images)
        return [self(images)]

    def _loss(self, scores: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(scores.float(), targets, label_smoothing=self.label_smoothing)

    def validation_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> None:
        images, labels = batch
        scores = self(images)
        self.val_loss.update(F.cross_entropy(scores.float(), labels), weight=len(labels))
        self.val_accuracy.update(scores, labels)

    def epoch_metrics(self, split: str) -> dict[str, float]:
        """Return and reset the loss and the accuracy (a fraction) of the epoch's `split`: train or val."""
        loss, accuracy = getattr(self, f"{split}_loss"), getattr(self, f"{split}_accuracy")
        values = {f"{split}/loss": float(loss.compute()), f"{split}/accuracy": float(accuracy.compute())}
        loss.reset()
        accuracy.reset()
        return values

    def configure_optimizers(self) -> Any:
        optimizer = self.optimizer_factory(self.network.parameters())
        factor = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: self.schedule(step, self.total_steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": factor, "interval": "step"}}
