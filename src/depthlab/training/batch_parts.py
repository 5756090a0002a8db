"""Divide a batch into parts, computed in several processes or one after another, with the result of the whole batch."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from depthlab.training.team import Team

MIN_IMAGES = 2  # images in a part; batch normalization needs more than one


@final
@dataclass(frozen=True)
class BatchPart:
    """Some images of a batch, their targets, and their share of the batch.

    A share of 0 belongs to a part that another process computes as well.
    """

    images: Tensor
    targets: Tensor
    share: float = 1.0


def split_batch(images: Tensor, targets: Tensor, *, team: Team, microbatches: int) -> list[BatchPart]:
    """Return this member's parts of a batch.

    Members take consecutive slices of nearly equal size, and each divides its slice into `microbatches`. No part has
    less than two images (unless the batch has): if a batch is too small for all members, some compute the first slice
    again, with a share of 0. The slices of two members equal the parts of one process with two microbatches.
    """
    members = _count(len(images), team.size)
    takes_part = team.rank < members
    index = team.rank if takes_part else 0
    xs, ys = images.tensor_split(members)[index], targets.tensor_split(members)[index]
    count = _count(len(xs), microbatches)
    pairs = zip(xs.tensor_split(count), ys.tensor_split(count), strict=True)
    return [BatchPart(x, y, len(x) / len(images) if takes_part else 0.0) for x, y in pairs]


def _count(images: int, wanted: int) -> int:
    return max(1, min(wanted, images // MIN_IMAGES))


@final
class RunningStatistics:
    """Updates the running statistics of batch normalization once per batch, although parts are computed separately.

    After a batch, each floating-point buffer is the mean, weighted by shares, of its values after each part alone:
    statistics are computed by part, but decay once per batch, and are equal in all processes. A buffer that no part
    changes keeps its exact value.
    """

    def __init__(self, network: nn.Module) -> None:
        self._float_buffers = [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        self._other_buffers = [buffer for buffer in network.buffers() if not buffer.is_floating_point()]
        self._before = self._read()
        self._other_before = [buffer.clone() for buffer in self._other_buffers]
        self._change = torch.zeros_like(self._before)

    def add(self, share: float) -> None:
        """Add the change of the buffers by a part, weighted by its `share`."""
        self._change += share * (self._read() - self._before)

    def restore(self) -> None:
        """Restore the buffers to their values before the batch."""
        self._write(self._before)
        for buffer, before in zip(self._other_buffers, self._other_before, strict=True):
            buffer.copy_(before)

    def finish(self, team: Team) -> None:
        """Set the buffers to the weighted mean over all parts of all members."""
        if self._float_buffers:
            self._write(self._before + team.sum(self._change))

    def _read(self) -> Tensor:
        return (
            torch.cat([buffer.detach().flatten() for buffer in self._float_buffers])
            if self._float_buffers
            else torch.empty(0)
        )

    @torch.no_grad()
    def _write(self, values: Tensor) -> None:
        parts = values.split([buffer.numel() for buffer in self._float_buffers])
        for buffer, part in zip(self._float_buffers, parts, strict=True):
            buffer.copy_(part.view_as(buffer))
