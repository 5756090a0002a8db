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
class ImageOutcomes:
    """What a network said of each image, as tensors of shape (N,) on the CPU, in the images' order."""

    labels: Tensor  # true classes, int64
    predicted: Tensor  # predicted classes, int64
    loss: Tensor  # -log of the probability of the true class, in nats, float32
    confidence: Tensor  # probability of the predicted class, float32


@dataclass(frozen=True)
class Evaluation:
    """Loss (mean cross-entropy in nats) and confusion matrix (K, K): row = true class, column = predicted class."""

    loss: float
    confusion: Tensor
    by_image: ImageOutcomes | None = None  # where it was asked for

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
    by_image: bool = False,
) -> Evaluation:
    """Evaluate `network` on all `batches` of (images (N, C, H, W), labels (N,)); its modes are restored.

    With `by_image` the outcome of every image is kept, in some 24 bytes each. In a team too, the process evaluates
    alone, without synchronization.
    """
    device = next(network.parameters()).device
    # by default a NaN is left out of the mean
    loss = MeanMetric(nan_strategy=math.nan, sync_on_compute=False).to(device)
    confusion = MulticlassConfusionMatrix(num_classes, validate_args=False, sync_on_compute=False).to(device)
    kept: list[list[Tensor]] = []
    with evaluating(network):
        for images, labels in batches:
            with autocast():
                scores = network(images)
            predicted = scores.argmax(dim=1)
            loss.update(F.cross_entropy(scores.float(), labels), weight=len(labels))
            confusion.update(predicted, labels)
            if by_image:
                kept.append([labels.cpu(), predicted.cpu(), *_likelihoods(scores.float(), labels, predicted)])
    outcomes = ImageOutcomes(*(torch.cat(parts) for parts in zip(*kept, strict=True))) if kept else None
    return Evaluation(float(loss.compute()), confusion.compute().cpu(), outcomes)


def _likelihoods(scores: Tensor, labels: Tensor, predicted: Tensor) -> tuple[Tensor, Tensor]:
    """Return -log p of the true class, and p of the predicted class, each of shape (N,)."""
    log_p = F.log_softmax(scores, dim=1)
    true, best = (log_p.gather(1, classes[:, None]).squeeze(1).cpu() for classes in (labels, predicted))
    return -true, best.exp()
