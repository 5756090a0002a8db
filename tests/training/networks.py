"""A person's own small networks, which differ in their normalization alone."""

import os
import signal

import torch.distributed as dist
from torch import Tensor, nn


class Normalized(nn.Module):
    """A convolution, a norm, dropout and class scores, of images of 8x8 pixels."""

    def __init__(self, num_classes: int, in_channels: int, norm: str = "batch", dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, 8, 3, stride=2, bias=False),
            nn.BatchNorm2d(8) if norm == "batch" else nn.GroupNorm(2, 8),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Flatten(),
            nn.Linear(72, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.layers(images)
        return scores


class PartlyUsed(Normalized):
    """Has parameters that no step uses."""

    def __init__(self, num_classes: int, in_channels: int) -> None:
        super().__init__(num_classes, in_channels)
        self.unused = nn.Linear(3, 3)


class FailsInOne(Normalized):
    """Runs out of memory in the second process, in training."""

    def forward(self, images: Tensor) -> Tensor:
        if self.training and dist.is_initialized() and dist.get_rank() == 1:
            raise MemoryError("no memory in the process of rank 1")
        return super().forward(images)


class DiesInOne(Normalized):
    """Kills the second process, in training."""

    def forward(self, images: Tensor) -> Tensor:
        if self.training and dist.is_initialized() and dist.get_rank() == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().forward(images)
