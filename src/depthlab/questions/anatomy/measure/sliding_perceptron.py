"""A perceptron that slides over an image, computed patch by patch: what an mlpconv is, without a convolution."""

from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional


@final
class SlidingPerceptron(nn.Module):
    """A perceptron of three layers that reads every k x k patch: (N, C, H, W) to the same, by matrix products alone."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        sizes = (channels * kernel**2, channels, channels, channels)
        self.layers = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(sizes))

    def forward(self, x: Tensor) -> Tensor:
        patches = functional.unfold(x, self.kernel, padding=self.kernel // 2).transpose(1, 2)  # (N, H*W, C*k*k)
        for layer in self.layers:
            patches = functional.relu(layer(patches))
        y: Tensor = patches.transpose(1, 2).unflatten(2, x.shape[2:])
        return y


def share_weights(convolutions: nn.Module, perceptron: SlidingPerceptron) -> None:
    """Give the perceptron the weights of k x k and 1 x 1 convolutions, so that both are the same function."""
    found = [one for one in convolutions.modules() if isinstance(one, nn.Conv2d)]
    for one, other in zip(found, perceptron.layers, strict=True):
        assert isinstance(other, nn.Linear) and one.bias is not None
        with torch.no_grad():
            other.weight.copy_(one.weight.flatten(1))
            other.bias.copy_(one.bias)
