"""The processes that train one network together, and all that they say to each other."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar, final

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")


@final
class Team:
    """One process among `size` that train one network together; the process of `rank` 0 leads.

    The leader alone writes to disks and stores. A process of its own is a team of one, to which nothing here costs
    anything. Everything but `is_rank_zero` and `seed` is a collective: every member must call it, in the same order.
    What one of them alone knows (a signal, the time, a file) decides nothing before all have heard of it.
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size
        self._called = False
        # objects and decisions go from processor to processor, whatever connects the devices
        self._control = dist.new_group(backend="gloo") if size > 1 else None

    @classmethod
    def joined(cls) -> "Team":
        """Return the team of the process group that this process is in (Ray Train's or torchrun's), or of itself."""
        if dist.is_available() and dist.is_initialized():
            return cls(dist.get_rank(), dist.get_world_size())
        return cls()

    @property
    def is_rank_zero(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def seed(self, seed: int) -> int:
        """Return the seed of this member's global generators (dropout): the leader's is that of a process alone."""
        return seed if self.is_rank_zero else random.Random(f"{seed}, member {self.rank}").getrandbits(32)

    def call(self) -> None:
        """Have the others, who wait in `called`, begin with the leader."""
        self._called = True
        self.broadcast(True)

    def dismiss(self) -> None:
        """Have the others go, unless the leader has called them."""
        if not self._called:
            self.broadcast(False)

    def called(self) -> bool:
        """Wait until there is something to do, or nothing."""
        return self.broadcast(False)

    def broadcast(self, value: T) -> T:
        """Return what the leader gave, to everyone."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, group=self._control)
        return box[0]

    def gather(self, value: T) -> list[T]:
        """Return what every member gave, by rank."""
        if self.size == 1:
            return [value]
        values: list[T] = [value] * self.size
        dist.all_gather_object(values, value, group=self._control)
        return values

    def largest(self, number: int) -> int:
        """Return the largest of the members' numbers."""
        if self.size == 1:
            return number
        box = torch.tensor(number)
        dist.all_reduce(box, dist.ReduceOp.MAX, group=self._control)
        return int(box)

    def sum(self, values: Tensor) -> Tensor:
        """Return the sum of the members' tensors, on their device."""
        if self.size > 1:
            values = values.clone()
            dist.all_reduce(values)
        return values

    @contextmanager
    def leader_first(self) -> Iterator[None]:
        """Let the leader do something before all others, such as filling a cache that they read."""
        if not self.is_rank_zero:
            self.broadcast(None)
        yield
        if self.is_rank_zero:
            self.broadcast(None)
