"""The unit of every network: named paths that run side by side and merge.

    plain       Sum(branch)             one path, nothing to add
    ResNet      Sum(branch, skip)       He et al. 2015, eq. 1 and 2
    DenseNet    Concat(skip, branch)
    Inception   Concat(a, b, c, d)

A measure that deletes, counts or compares paths is written once, against `unit.paths`, and knows no family.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import final

import torch
from torch import Tensor, nn


class Parallel(nn.Module, ABC):
    """Named paths from one input to one output: `after(merge([path(before(x)) for each path]))`.

    Maps (N, C, H, W) to (N, C', H', W'). `paths` keeps the given order, which is also the state dict's. `before` is
    shared by all paths (such as a pre-activation), `after` follows the merge (such as the ReLU of ResNet v1); both
    default to the identity.
    """

    def __init__(
        self, paths: Mapping[str, nn.Module], *, before: nn.Module | None = None, after: nn.Module | None = None
    ) -> None:
        super().__init__()
        assert paths, "a unit needs at least one path"
        self.before = nn.Identity() if before is None else before
        self.paths = nn.ModuleDict(paths)
        self.after = nn.Identity() if after is None else after

    @abstractmethod
    def merge(self, outputs: list[Tensor]) -> Tensor:
        """Merge the outputs of the paths; never in place, or a hook on a path would see the merged result."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x)
        y: Tensor = self.after(self.merge([path(x) for path in self.paths.values()]))
        return y


@final
class Sum(Parallel):
    """Paths whose outputs are added; all outputs have the same shape."""

    def merge(self, outputs: list[Tensor]) -> Tensor:
        return sum(outputs[1:], start=outputs[0])


@final
class Concat(Parallel):
    """Paths whose output channels are concatenated in the order of `paths`; outputs agree in N, H and W."""

    def merge(self, outputs: list[Tensor]) -> Tensor:
        return torch.cat(outputs, dim=1)
