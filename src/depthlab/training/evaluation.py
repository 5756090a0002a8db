"""Evaluate a network on a whole split, in evaluation mode."""

import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics import MeanMetric
from torchmetrics.classification import MulticlassConfusionMatrix

from depthlab.nn import evaluating


@dataclass(frozen=True)
class Evaluation:
    """Loss (mean cross-entropy in nats) and confusion matrix (K, K): row = true class, column = predicted class."""

    loss: float
    confusion: Tensor

    @property
    def accuracy(self) -> float:
        """Share of images whose highest score is their class."""
        return float(self.confusion.diagonal().sum() / self.confusion.sum())

    @property
    def per_class_accuracy(self) -> tuple[float, ...]:
        """Accuracy of the images of each class; NaN for a class without images."""
        return tuple((self.confusion.diagonal() / self.confusion.sum(dim=1)).tolist())


@torch.no_grad()
def evaluate(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    num_classes: int,
    autocast: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Evaluation:
    """Evaluate `network` on all `batches` of (images (N, C, H, W), labels (N,)); its modes are restored.

    In a team too, the process evaluates alone, without synchronization.
    """
    device = next(network.parameters()).device
    # by default a NaN is left out of the mean
    loss = MeanMetric(nan_strategy=math.nan, sync_on_compute=False).to(device)
    confusion = MulticlassConfusionMatrix(num_classes, validate_args=False, sync_on_compute=False).to(device)
    with evaluating(network):
        for images, labels in batches:
            with autocast():
                scores = network(images)
            loss.update(F.cross_entropy(scores.float(), labels), weight=len(labels))
            confusion.update(scores.argmax(dim=1), labels)
    return Evaluation(loss=float(loss.compute()), confusion=confusion.compute().cpu())
