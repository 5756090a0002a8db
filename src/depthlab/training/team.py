"""The processes that train one network together, and their collective operations."""

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
    """One of `size` processes that train one network together.

    Only the process of rank zero writes to disks and stores. A single process is a team of one, for which every
    operation here is free. All but `is_rank_zero` and `seed` are collectives: every member must call them, in the same
    order. What only one member knows (a signal, the time, a file) must be exchanged before it decides anything.
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size
        self._started = False
        # objects and decisions go from CPU to CPU, whatever connects the devices
        self._control = dist.new_group(backend="gloo") if size > 1 else None

    @classmethod
    def joined(cls) -> "Team":
        """Return the team of this process's group (Ray Train's or torchrun's), or a team of one."""
        if dist.is_available() and dist.is_initialized():
            return cls(dist.get_rank(), dist.get_world_size())
        return cls()

    @property
    def is_rank_zero(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def seed(self, seed: int) -> int:
        """Return the seed of this member's global generators (dropout); rank zero has that of a single process."""
        return seed if self.is_rank_zero else random.Random(f"{seed}, member {self.rank}").getrandbits(32)

    def start_others(self) -> None:
        """Let the others, which wait in `wait_for_start`, begin to train."""
        self._started = True
        self.broadcast(True)

    def release_others(self) -> None:
        """Let the others return, unless they were started."""
        if not self._started:
            self.broadcast(False)

    def wait_for_start(self) -> bool:
        """Wait for rank zero; return whether there is something to train."""
        return self.broadcast(False)

    def broadcast(self, value: T) -> T:
        """Return rank zero's value in every process."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, group=self._control)
        return box[0]

    def gather(self, value: T) -> list[T]:
        """Return every member's value, by rank."""
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
    def rank_zero_first(self) -> Iterator[None]:
        """Run the block in rank zero first, then in all others, such as to fill a cache that they read."""
        if not self.is_rank_zero:
            self.broadcast(None)
        yield
        if self.is_rank_zero:
            self.broadcast(None)
