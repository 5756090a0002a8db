"""Squeeze-and-excitation: a gate for every channel, computed from all channels (Hu et al. 2018, arXiv 1709.01507)."""

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional


@final
class Excitation(nn.Module):
    """Weight the channels of each image: x * sigmoid(W2 relu(W1 mean(x))), eq. 2 to 4.

    The mean is over the pixels, W1 reduces to channels / ratio features (rounded down), and W2 makes a gate for each
    channel. Maps (N, C, H, W) to the same shape, with 2 C^2 / ratio weights and multiply-adds, and both layers' biases.

    Raises `ValueError` for a ratio that leaves no features.
    """

    def __init__(self, channels: int, ratio: int) -> None:
        super().__init__()
        squeezed = channels // ratio
        if squeezed < 1:
            raise ValueError(
                f"parts.excitation={ratio} leaves nothing of a unit's {channels} channels: "
                f"type parts.excitation={max(1, channels // 2)} or less, or a larger width"
            )
        self.ratio = ratio
        self.reduce = nn.Linear(channels, squeezed)
        self.expand = nn.Linear(squeezed, channels)

    def gates(self, x: Tensor) -> Tensor:
        """Return the gates (N, C) of images (N, C, H, W), each between 0 and 1."""
        return torch.sigmoid(self.expand(functional.relu(self.reduce(x.mean(dim=(2, 3))))))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gates(x)[:, :, None, None]

    def extra_repr(self) -> str:
        return f"ratio={self.ratio}"
