"""A question answered in this process, its runs trained one after the other: no cluster, and no imports anew.

That sweeps compute on Ray is tested in tests/sweeps; degradation and lesion train on Ray from their commands.
"""

import io
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest

from depthlab.sweeps.dispatcher import Dispatcher
from depthlab.sweeps.workers.cluster import Cluster
from depthlab.sweeps.workers.task import Task
from depthlab.sweeps.workers.train_trial import attempt
from tests.questions.conftest import Answer
from tests.rules import ROOT


def answer_in_process(name: str, *words: str, folder: Path) -> Answer:
    """Run pipelines/NAME.py with the words that a person would type in a folder."""
    script, out, err = f"pipelines/{name}.py", io.StringIO(), io.StringIO()
    code: Any = 0
    with pytest.MonkeyPatch.context() as patch, chdir(folder), redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", [script, *words])
        patch.setattr("depthlab.sweeps.sweep.ClusterWarmup", _NoCluster)
        patch.setattr("depthlab.sweeps.workers.ray_tune.run_with_tune", _train_in_turn)
        try:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        except SystemExit as ended:
            code = ended.code
    return Answer(code, out.getvalue(), err.getvalue())


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
