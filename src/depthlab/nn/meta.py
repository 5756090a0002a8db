"""A copy of a network without values, through which shapes can be followed for nothing."""

import copy
from typing import Any

from torch import nn


def on_meta_device(net: nn.Module) -> nn.Module:
    """Return a copy of `net` on the meta device: it shares no memory with `net`, and its weights are never copied.

    Modes, hooks and what takes gradients are those of `net`.
    """
    # deepcopy takes what the memo holds instead of copying it
    memo: dict[int, Any] = {}
    for parameter in net.parameters():
        memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=parameter.requires_grad)
    for buffer in net.buffers():
        memo[id(buffer)] = buffer.detach().to("meta")
    return copy.deepcopy(net, memo)
