"""What a network is made of, read from its modules, for the tests of all families."""

from collections.abc import Callable

import torch
from torch import nn

from depthlab.nn import Network


def on_meta(build: Callable[[], Network]) -> Network:
    """Build a network without memory for its weights."""
    with torch.device("meta"):
        return build()


def convolutions(net: nn.Module) -> list[nn.Conv2d]:
    return [module for module in net.modules() if isinstance(module, nn.Conv2d)]


def kernels(net: nn.Module) -> list[tuple[int, ...]]:
    return [conv.kernel_size for conv in convolutions(net)]


def outputs(net: Network, size: int) -> list[tuple[int, int]]:
    """Return the channels and the resolution that each unit of a network on meta puts out."""
    with torch.device("meta"):
        x, found = net.stem(torch.empty(2, 3, size, size)), []
        for unit in net.units():
            x = unit(x)
            found.append((x.shape[1], x.shape[2]))
    return found
