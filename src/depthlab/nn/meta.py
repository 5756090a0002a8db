"""A copy of a network without values, to trace shapes at no cost."""

import copy
from typing import Any

from torch import nn


def on_meta_device(net: nn.Module) -> nn.Module:
    """Return a copy of `net` on the meta device; it shares no memory with `net`, and no weight is copied.

    It keeps the modes, the hooks and the `requires_grad` of `net`.
    """
    # deepcopy uses what the memo holds instead of copying
    memo: dict[int, Any] = {}
    for parameter in net.parameters():
        memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=parameter.requires_grad)
    for buffer in net.buffers():
        memo[id(buffer)] = buffer.detach().to("meta")
    return copy.deepcopy(net, memo)
