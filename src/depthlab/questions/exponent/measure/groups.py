"""Lesions of groups: one of the parallel transformations of a unit deleted (Xie et al. 2017, Fig. 3 (c)).

A branch whose convolution is grouped is a sum of transformations, T_1(x) + ... + T_C(x): the convolution behind the
grouped one adds them up. Without its group c, that convolution finds zeros on the group's channels. The offset that a
batch normalization adds behind the sum belongs to the unit, not to a group, and stays.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, final

import torch
from torch import Tensor, nn

from depthlab.nn import Network


@final
@dataclass(frozen=True)
class ConvolutionGroup:
    """A group of a grouped convolution: of which unit, counted from 0, and which channels are its."""

    place: int
    path: str
    index: int  # from 0
    channels: range  # of what the layer behind reads
    reader: nn.Conv2d  # that adds the groups up


def find_groups(network: Network) -> list[ConvolutionGroup]:
    """Return the groups of all units; none where no convolution is grouped, or nothing adds the groups up.

    A depthwise convolution (a group for each channel) is not a set of transformations, and has none.
    """
    return [
        ConvolutionGroup(place, name, index, range(index * size, (index + 1) * size), reader)
        for place, unit in enumerate(network.units())
        for name, path in unit.paths.items()
        for grouped, reader in _grouped(path)
        for size in (grouped.out_channels // grouped.groups,)
        for index in range(grouped.groups)
    ]


def cardinality_of(network: Network) -> int:
    """Return the most groups that a unit's path has; 1 where none is grouped."""
    counts: dict[tuple[int, str], int] = {}
    for group in find_groups(network):
        counts[group.place, group.path] = counts.get((group.place, group.path), 0) + 1
    return max(counts.values(), default=1)


@contextmanager
def muted(groups: Sequence[ConvolutionGroup]) -> Iterator[None]:
    """Delete groups for a while; afterwards the network is as it was, also after an error."""
    gone: dict[nn.Conv2d, list[int]] = {}
    for group in groups:
        gone.setdefault(group.reader, []).extend(group.channels)
    with ExitStack() as stack:
        for reader, channels in gone.items():
            stack.callback(reader.register_forward_pre_hook(_silence(channels)).remove)
        yield


def _silence(channels: Sequence[int]) -> Any:
    def hook(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor]:
        places = torch.tensor(channels, device=inputs[0].device)
        return (inputs[0].index_fill(1, places, 0.0),)  # a copy: others may read the original

    return hook


def _grouped(path: nn.Module) -> Iterator[tuple[nn.Conv2d, nn.Conv2d]]:
    """Yield each grouped convolution with the one that adds its groups up."""
    layers = [layer for layer in path.modules() if isinstance(layer, nn.Conv2d)]
    for layer, behind in pairwise(layers):
        if 1 < layer.groups < layer.in_channels and behind.groups == 1 and behind.in_channels == layer.out_channels:
            yield layer, behind
