"""Sweeps for real: `python train.py -m ...` in processes of their own, and what they leave behind.

A sweep of tiny trials takes some 10 seconds, nearly all of them imports of its workers, and Ray's start: tests share
sweeps where they can, and do without Ray (`run_in_turn`) where cluster and workers are not what they are about.
"""

import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from depthlab.records import SweepRecord
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.tracking import RunFolder, find_folders
from tests.commands import Command
from tests.sweeps.planned import TINY

ROOT = Path(__file__).parents[2]
TRAIN = ROOT / "train.py"
PATIENCE = 300.0  # seconds for anything to happen, on a machine that does much else
GONE = (
    120.0  # seconds after which no process of a killed command may be left; Ray's agents try for 60 to reach its head
)

MARK = "DEPTHLAB_TEST_MARK"

# A person's own networks: each trial has a way to break, as the sweep's axis says.
NETWORKS = '''
import os
import time
from pathlib import Path

import torch
from torch import nn

PLACE = Path(__file__).parent


class Net(nn.Module):
    """Breaks in training, in the way that `mode` says; when the file `healed` is there it only trains."""

    def __init__(self, num_classes, in_channels, mode="fine"):
        super().__init__()
        self.mode = mode
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64 * in_channels, num_classes))
        self.steps = 0

    def forward(self, images):
        scores = self.layers(images)
        if self.training:
            self.steps += 1
            scores = getattr(self, self.mode)(images, scores)
        return scores

    @property
    def broken(self):
        return self.steps >= 9 and not (PLACE / "healed").exists()

    def fine(self, images, scores):
        return scores

    def failing(self, images, scores):
        if self.broken:
            raise RuntimeError("broken on purpose,\\nin [two] lines")
        return scores

    def diverging(self, images, scores):
        return scores * float("nan") if self.broken else scores

    def hungry(self, images, scores):
        if len(images) > 8:
            raise torch.OutOfMemoryError("no memory for so many images")
        return scores

    def deadly(self, images, scores):
        marker = PLACE / "died"
        if self.broken and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), 9)
        return scores

    def slow(self, images, scores):
        if not (PLACE / "healed").exists():
            time.sleep(1.0)
        return scores
'''


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def said(self) -> str:
        return f"exit code {self.code} after {self.seconds:.0f} s\n{self.out}\n{self.err}"


@dataclass
class Sandbox:
    """A folder in which a person works: runs, sweeps, a store, and networks of one's own."""

    path: Path
    store: Path  # that is copied, as making one takes seconds
    words: tuple[str, ...] = ()
    cores: int = 1  # that a sweep may use: each takes a process more, whose imports take longer than tiny trials
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    started: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.store, self.path / "mlflow.db")
        (self.path / "networks.py").write_text(NETWORKS)

    def start(self, *words: str, in_turn: bool = False) -> Command:
        """Start a sweep as a person does, or without Ray; it and what it starts are in a session of their own."""
        typed = ["-m", *TINY, *self.words, *words, "trainer.threads=1", "tracking.system_metrics=false"]
        program = ["-c", f"from tests.sweeps.in_turn import run_script; run_script({str(TRAIN)!r})"]
        environment = os.environ | {
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.path / 'mlflow.db'}",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *([str(ROOT)] if in_turn else [])]),
            "RAY_TMPDIR": str(self.room),
            "TMPDIR": str(self.room),
            "HOME": str(self.path),
            MARK: self.mark,
        }
        with bound_to(self.cores):
            self.started.append(Command(*(program if in_turn else [TRAIN]), *typed, cwd=self.path, env=environment))
        return self.started[-1]

    def run_in_turn(self, *words: str) -> Ended:
        """Run a sweep whose own process trains the trials, one after the other."""
        return self.run(*words, in_turn=True)

    def run(self, *words: str, in_turn: bool = False) -> Ended:
        began = time.monotonic()
        process = self.start(*words, in_turn=in_turn)
        out, err = process.communicate(timeout=PATIENCE)
        return Ended(process.returncode, out, err, time.monotonic() - began)

    @cached_property
    def room(self) -> Path:
        """A folder with a short name, as sockets need."""
        return Path(tempfile.mkdtemp(prefix="dl-"))

    @property
    def runs(self) -> list[RunFolder]:
        return find_folders(self.path / "mlruns" / "runs")

    @property
    def sweeps(self) -> list[SweepFolder]:
        return [SweepFolder(path.parent) for path in sorted(self.path.glob("mlruns/sweeps/*/sweep.json"))]

    @property
    def sweep(self) -> SweepFolder:
        (one,) = self.sweeps
        return one

    @property
    def record(self) -> SweepRecord:
        record = self.sweep.record
        assert record is not None
        return record

    @property
    def states(self) -> list[str]:
        return [trial.state for trial in self.record.trials]

    @property
    def table(self) -> str:
        return (self.sweep.path / "trials.csv").read_text()

    @property
    def steps(self) -> int:
        """Optimizer steps in the journals of all runs, those that were done twice included."""
        return sum(path.read_text().count("train/step_loss") for path in self.path.glob("mlruns/runs/*/metrics.jsonl"))

    @property
    def children(self) -> dict[str, "Child"]:
        """What the store has of each trial, by its parameters; fails where it has one twice."""
        from mlflow import MlflowClient

        client = MlflowClient(f"sqlite:///{self.path / 'mlflow.db'}")
        found: dict[str, Child] = {}
        for experiment in client.search_experiments():
            for run in client.search_runs([experiment.experiment_id], max_results=1000):
                if "depthlab.trial" not in run.data.tags:
                    continue
                key = str(sorted(run.data.params.items()))
                assert key not in found, "a trial has two runs"
                points = {name: client.get_metric_history(run.info.run_id, name) for name in run.data.metrics}
                found[key] = Child(
                    run.info.run_id,
                    run.info.status,
                    dict(run.data.tags),
                    dict(run.data.metrics),
                    {name: [point.step for point in history] for name, history in points.items()},
                )
        return found

    @property
    def processes(self) -> dict[int, str]:
        """All processes that commands of this place have started and that live, with their command lines.

        The commands themselves are not among them: their environment is not in /proc (see `Command`).
        """
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
            except OSError:  # it has ended, or is not ours
                continue
        return found

    def wait_until_gone(self) -> None:
        """See that all processes of an ended command go away by themselves."""
        deadline = time.monotonic() + GONE
        while left := self.processes:
            assert time.monotonic() < deadline, f"after {GONE:.0f} s there are still {left}"
            time.sleep(0.1)

    def leave(self) -> None:
        """End what should have ended by itself, and give back the room."""
        for command in self.started:
            command.kill()
        for process in self.processes:
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.room, ignore_errors=True)


@dataclass(frozen=True)
class Child:
    """A trial's run as the store has it."""

    run_id: str
    status: str
    tags: dict[str, str]
    metrics: dict[str, float]
    points: dict[str, list[int]]  # metric -> the steps of its points

    @property
    def result(self) -> dict[str, Any]:
        """What must be the same however often the sweep was broken off: all but speed and load."""
        numbers = {name: value for name, value in self.metrics.items() if not name.startswith(("throughput", "system"))}
        points = {name: sorted(steps) for name, steps in self.points.items() if not name.startswith("system")}
        return {"status": self.status, "metrics": numbers, "points": points}


@contextmanager
def bound_to(cores: int) -> Iterator[None]:
    """Let processes that are started here use so many cores, other ones than those of tests that run beside this."""
    usable = sorted(os.sched_getaffinity(0))
    first = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.sched_setaffinity(0, {usable[(first + core) % len(usable)] for core in range(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, usable)


@contextmanager
def placed(path: Path, store: Path, *words: str, cores: int = 1) -> Iterator[Sandbox]:
    place = Sandbox(path, store, words, cores)
    try:
        yield place
    finally:
        place.leave()


def wait_until(there: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not there():
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(0.05)


def wait_for_steps(place: Sandbox, steps: int, process: Command) -> None:
    """Wait until the runs of a sweep have done so many steps in all."""
    wait_until(lambda: place.steps >= steps or process.poll() is not None, f"{steps} steps")
    assert process.poll() is None, process.communicate()
