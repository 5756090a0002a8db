"""What reads a feature map: the first layer with weights on a path, and the normalization in front of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import final

import torch
from torch import Tensor, nn

from depthlab.nn import Parallel

_NORMALIZATIONS = (nn.BatchNorm2d, nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm)
_STATISTICS = (nn.BatchNorm2d, nn.InstanceNorm2d)


@final
@dataclass(frozen=True)
class Reader:
    """The first layer with weights that a tensor of `channels` channels comes to."""

    layer: nn.Conv2d | nn.Linear
    norm: nn.BatchNorm2d | nn.GroupNorm | nn.InstanceNorm2d | nn.LayerNorm | None  # in front of it, on its channels
    pooled: bool  # positions are averaged before the layer

    @property
    def inputs(self) -> int:
        """How many numbers the layer takes: channels, of a linear layer behind a flattening channels at positions."""
        layer = self.layer
        return layer.in_channels if isinstance(layer, nn.Conv2d) else layer.in_features

    def weights(self, channels: int) -> Tensor:
        """Return the weights by the channel that they read: (channels, weights a channel).

        These are the kernels w[o, i, y, x] of all filters o that read channel i; of a linear layer behind a flattening
        w[o, i, y, x] at all positions. Weights that a grouped layer lacks are not there.

        Raises:
            ValueError: the layer does not read so many channels.
        """
        if self.inputs % channels:
            raise ValueError(f"a layer that takes {self.inputs} inputs can't read {channels} channels")
        weight = self.layer.weight.detach()
        if isinstance(self.layer, nn.Linear):
            return weight.T.reshape(channels, -1)
        groups = self.layer.groups
        parted = weight.reshape(groups, weight.shape[0] // groups, weight.shape[1], -1).transpose(1, 2)
        return parted.reshape(channels, -1)

    def factors(self, channels: int) -> Tensor:
        """Return |gamma| of the normalization for each channel, ones where there is none: (channels,).

        ReLU is homogeneous: relu(gamma u + beta) = |gamma| relu(sign(gamma) u + beta / |gamma|), so that |gamma w| is
        the weight of a channel that is normalized to a standard deviation of 1.
        """
        weight = None if self.norm is None else self.norm.weight
        if weight is None or len(weight) != channels:
            return torch.ones(channels, device=self.layer.weight.device)
        return weight.detach().abs()

    def scales(self, channels: int) -> Tensor:
        """Return by what each channel is multiplied before the layer: |gamma| / sigma, ones without a normalization.

        sigma is the running standard deviation; a normalization that keeps none counts by |gamma| alone.
        """
        factors = self.factors(channels)
        variance = self.norm.running_var if isinstance(self.norm, _STATISTICS) else None
        if self.norm is not None and variance is not None and len(variance) == channels:
            return factors / (variance + self.norm.eps).sqrt()
        return factors


def reader_of(*modules: nn.Module) -> Reader | None:
    """Return the reader of what goes into the first of the modules, one behind the other; None without any weights."""
    norm, pooled = None, False
    for layer in _leaves(modules):
        if isinstance(layer, _NORMALIZATIONS):
            norm = layer
        elif isinstance(layer, nn.AdaptiveAvgPool2d):
            pooled = True
        elif isinstance(layer, nn.Conv2d | nn.Linear):
            return Reader(layer, norm, pooled)
    return None


def unit_readers(unit: Parallel) -> dict[str, Reader]:
    """Return the readers of a unit by path, in order; paths without weights, such as an identity, have none.

    The skip of a residual unit that projects is not a reader: it carries the stream, and does not compute on it.
    """
    summed = "skip" in unit.paths
    found = {name: reader_of(unit.before, path) for name, path in unit.paths.items() if not (summed and name == "skip")}
    return {name: reader for name, reader in found.items() if reader is not None}


def _leaves(modules: tuple[nn.Module, ...]) -> Iterator[nn.Module]:
    every = chain.from_iterable(module.modules() for module in modules)
    return (module for module in every if next(module.children(), None) is None)
