"""Compute a batch in parts, in several processes or one after another, as if it were whole."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from depthlab.training.team import Team

LEAST = 2  # images in a part: of a single one, batch normalization can make nothing


@final
@dataclass(frozen=True)
class Part:
    """Some images of a batch, their targets, and their share of the whole batch's images.

    A share of 0 belongs to a part that another process computes as well.
    """

    images: Tensor
    targets: Tensor
    share: float = 1.0


def split(images: Tensor, targets: Tensor, *, team: Team, microbatches: int) -> list[Part]:
    """Return this member's parts of a batch.

    The members take slices that follow each other, as equal as can be; each cuts its own into `microbatches`. No part
    has less than two images (unless the batch has): of a batch with too few for all, some members compute the first
    slice once more, with a share of 0. The slices of two members are the parts of one process with two microbatches.
    """
    members = _count(len(images), team.size)
    takes_part = team.rank < members
    place = team.rank if takes_part else 0
    xs, ys = images.tensor_split(members)[place], targets.tensor_split(members)[place]
    count = _count(len(xs), microbatches)
    pairs = zip(xs.tensor_split(count), ys.tensor_split(count), strict=True)
    return [Part(x, y, len(x) / len(images) if takes_part else 0.0) for x, y in pairs]


def _count(images: int, wanted: int) -> int:
    return max(1, min(wanted, images // LEAST))


@final
class RunningStatistics:
    """Keeps a network's floating-point buffers, which batch normalization updates, those of a batch and not of a part.

    After a batch they are the mean, weighted by shares, of what each part alone would have made of them: statistics
    are by part, but decay once a batch, and are equal in all processes. A buffer that no part changes keeps its bits.
    """

    def __init__(self, network: nn.Module) -> None:
        self._means = [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        self._counts = [buffer for buffer in network.buffers() if not buffer.is_floating_point()]
        self._before = self._read()
        self._counts_before = [buffer.clone() for buffer in self._counts]
        self._change = torch.zeros_like(self._before)

    def note(self, share: float) -> None:
        """Take in what a part of `share` has made of the buffers."""
        self._change += share * (self._read() - self._before)

    def rewind(self) -> None:
        """Put the buffers back to what they were before the batch."""
        self._write(self._before)
        for buffer, before in zip(self._counts, self._counts_before, strict=True):
            buffer.copy_(before)

    def settle(self, team: Team) -> None:
        """Set the buffers to the mean over all parts of all members."""
        if self._means:
            self._write(self._before + team.sum(self._change))

    def _read(self) -> Tensor:
        return torch.cat([buffer.detach().flatten() for buffer in self._means]) if self._means else torch.empty(0)

    @torch.no_grad()
    def _write(self, values: Tensor) -> None:
        pieces = values.split([buffer.numel() for buffer in self._means])
        for buffer, piece in zip(self._means, pieces, strict=True):
            buffer.copy_(piece.view_as(buffer))
