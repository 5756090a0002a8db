"""Sweeps without Ray: the process of the command trains the trials itself, one after the other.

A cluster takes seconds to start, and each of its workers takes more to import torch. Tests that are not about clusters,
workers or schedulers do without.
"""

import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, Self

import pytest

from depthlab.sweeps.dispatcher import Dispatcher
from depthlab.sweeps.workers.cluster import Cluster
from depthlab.sweeps.workers.task import Task
from depthlab.sweeps.workers.train_trial import attempt


@contextmanager
def without_ray() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("depthlab.sweeps.sweep.ClusterWarmup", _NoCluster)
        patch.setattr("depthlab.sweeps.workers.ray_tune.run_with_tune", _train_in_turn)
        yield


def run_script(script: str) -> None:
    """Do what `python SCRIPT ...` does, with the words that this process was started with."""
    sys.argv[0] = script
    with without_ray():
        runpy.run_path(script, run_name="__main__")


class _NoCluster:
    """Stands where `ClusterWarmup` does: one core, and nothing of Ray."""

    def __init__(self, *_: Any) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    @contextmanager
    def cluster(self) -> Iterator[Cluster]:
        yield Cluster(nodes=1, cpus=1, gpus=0, hosts=frozenset({"127.0.0.1"}), own=True)


class _Unheard:
    """Stands where `Reporter` does, which tells the driver of every epoch."""

    def step(self, done: int, total: int) -> None: ...

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None: ...


def _train_in_turn(dispatcher: Dispatcher, *_: Any, **__: Any) -> None:
    """Stand where `run_with_tune` does: run what the dispatcher hands out, until it has nothing more."""
    tickets = map(str, count())
    while not dispatcher.over:
        ticket = next(tickets)
        task = dispatcher.next_task(ticket)
        assert task is not None
        dispatcher.started(ticket)
        dispatcher.reported(ticket, attempt(Task.from_dict(task.to_dict()), _Unheard()))
        dispatcher.ended(ticket)
