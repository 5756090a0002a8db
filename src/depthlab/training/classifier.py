"""The LightningModule: any network that maps images to class scores, with loss, optimizer and schedule."""

import math
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any, final

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics import MeanMetric
from torchmetrics.classification import MulticlassAccuracy

from depthlab.nn import ActiveUnits, Network
from depthlab.training.batch_parts import BatchPart, RunningStatistics, split_batch
from depthlab.training.schedules import Schedule
from depthlab.training.team import Team

AUXILIARY_WEIGHT = 0.3  # of each auxiliary head's loss (Szegedy et al. 2014, arXiv 1409.4842, sec. 5)

OptimizerFactory = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


@final
class Classifier(pl.LightningModule):
    """Trains `network` by cross-entropy on batches (images (N, C, H, W), labels (N,) or class shares (N, K)).

    Every member of a `team` receives the whole batch and computes its slice, in `microbatches` parts one after another.
    However a batch is divided, loss, gradients and metrics are those of the whole batch; only the statistics of batch
    normalization are computed by part (see `RunningStatistics`).
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        optimizer: OptimizerFactory,
        schedule: Schedule,
        total_steps: int,
        num_classes: int,
        label_smoothing: float = 0.0,
        team: Team | None = None,
        microbatches: int = 1,
        active_units: ActiveUnits | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.optimizer_factory = optimizer
        self.schedule = schedule
        self.total_steps = total_steps
        self.label_smoothing = label_smoothing
        self.team = team or Team()
        self.microbatches = microbatches
        self.active_units = active_units
        self._statistics: RunningStatistics | None = None  # of the current batch, if it is computed in parts
        self.train_loss, self.val_loss = _mean(), _mean()
        self.train_accuracy, self.val_accuracy = _accuracy(num_classes), _accuracy(num_classes)
        # in the checkpoint, so that a run resumed within an epoch reports the whole epoch
        self.train_loss.persistent(True)
        self.train_accuracy.persistent(True)

    def forward(self, images: Tensor) -> Tensor:
        """Return class scores (N, K) of normalized images (N, C, H, W)."""
        scores: Tensor = self.network(images)
        return scores

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        self.network.zero_grad()

    def optimizer_zero_grad(self, epoch: int, batch_idx: int, optimizer: Any) -> None:
        """Do nothing: parts of the batch have already added their gradients."""

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        """Return the loss of the batch, whose gradient Lightning computes.

        In a team it is this member's part, such that the mean over the members is the loss of the batch.
        """
        if self.team.size == self.microbatches == 1:
            return self._part_loss(BatchPart(*batch))
        *others, last = split_batch(*batch, team=self.team, microbatches=self.microbatches)
        self._statistics = RunningStatistics(self.network)
        done: Tensor | float = 0.0
        for part in others:  # gradients are exchanged in the last part's backward pass, when all others are summed
            loss = self._weighted_loss(part)
            loss.backward()
            done += loss.detach()
            self._statistics.restore()
        return self._weighted_loss(last) + done

    def on_after_backward(self) -> None:
        if self._statistics is not None:
            self._statistics.finish(self.team)
            self._statistics = None

    def _weighted_loss(self, part: BatchPart) -> Tensor:
        assert self._statistics is not None
        loss = self._part_loss(part) * (part.share * self.team.size)
        self._statistics.add(part.share)
        return loss

    def _part_loss(self, part: BatchPart) -> Tensor:
        with self.active_units.active(self.global_step) if self.active_units is not None else nullcontext():
            scores, *auxiliary = self._all_scores(part.images)
        targets = part.targets
        loss = self._loss(scores, targets)
        if part.share:
            labels = targets if targets.ndim == 1 else targets.argmax(dim=1)
            self.train_loss.update(loss.detach(), weight=len(labels))
            self.train_accuracy.update(scores.detach(), labels)
        return loss + AUXILIARY_WEIGHT * sum(self._loss(others, targets) for others in auxiliary) if auxiliary else loss

    def _all_scores(self, images: Tensor) -> list[Tensor]:
        """Return the scores (N, K), followed by those of any auxiliary heads."""
        if isinstance(self.network, Network) and len(self.network.auxiliary):
            return self.network.all_logits(images)
        return [self(images)]

    def _loss(self, scores: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(scores.float(), targets, label_smoothing=self.label_smoothing)

    def validation_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> None:
        images, labels = (whole.tensor_split(self.team.size)[self.team.rank] for whole in batch)
        if not len(labels):
            return
        scores = self(images)
        self.val_loss.update(F.cross_entropy(scores.float(), labels), weight=len(labels))
        self.val_accuracy.update(scores, labels)

    def epoch_metrics(self, split: str) -> dict[str, float]:
        """Return and reset the loss and the accuracy (a fraction) of the epoch's `split`: train or val.

        They cover all images of all members of the team, so every member must call this.
        """
        loss, accuracy = getattr(self, f"{split}_loss"), getattr(self, f"{split}_accuracy")
        values = {}
        for name, metric in {"loss": loss, "accuracy": accuracy}.items():
            for state, ours in metric.metric_state.items():  # sums, all of them
                setattr(metric, state, self.team.sum(ours))
            values[f"{split}/{name}"] = float(metric.compute())
            metric.reset()
        return values

    def configure_optimizers(self) -> Any:
        optimizer = self.optimizer_factory(self.network.parameters())
        factor = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: self.schedule(step, self.total_steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": factor, "interval": "step"}}


def _mean() -> MeanMetric:
    # NaN gives NaN: by default it is left out of the mean; "disable" ignores the weights (torchmetrics 1.9)
    return MeanMetric(nan_strategy=math.nan, sync_on_compute=False, compute_with_cache=False)


def _accuracy(num_classes: int) -> MulticlassAccuracy:
    # rank zero's progress bar reads it during the epoch, from its own images: without synchronization or cache
    return MulticlassAccuracy(
        num_classes, average="micro", validate_args=False, sync_on_compute=False, compute_with_cache=False
    )
