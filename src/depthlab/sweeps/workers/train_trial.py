"""What a worker process does with one trial, or several one after the other."""

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any, final

from depthlab.invocation import standing_for
from depthlab.records import RunRecord, TrialState
from depthlab.run import Fault, RunHooks, ensure, fault_of, runs_root
from depthlab.sweeps.storage.fetch import fetch
from depthlab.sweeps.storage.mirror import Mirror
from depthlab.sweeps.workers.errors import WorkerDied, WorkerUnusable
from depthlab.sweeps.workers.task import Task, TrialReport
from depthlab.tracking import RunFolder
from depthlab.training import Interrupted, Interruption, Pruned

SECONDS_BETWEEN_REPORTS = 2.0  # a report waits for the driver's answer
GRACE = 60.0  # seconds that a run has to stop when it is asked to


def train_trial(config: dict[str, Any]) -> None:
    """Train the trial in `config`, and report; a function trainable of Ray Tune.

    Whatever goes wrong is reported, not raised, except to be rid of the process.
    """
    task = Task.from_dict(config["task"])
    reporter = Reporter(task)
    try:
        reporter.tell_history()
        if task.replay:
            return
        end = attempt(task, reporter)
        reporter.send(end)
    except Pruned:
        raise SystemExit(0) from None  # as Tune ends a thread that it stops
    if end.fault in ("exception", "out of memory"):
        raise WorkerUnusable(end.message)


@final
class Reporter:
    """Watches a run for the driver: a report every few seconds, and one an epoch where a scheduler wants them."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._latest = TrialReport()
        self._sent = 0.0
        self._began: tuple[int, float] | None = None  # step and time at which this process began to train

    def step(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = (done, now)
        first, began = self._began
        pace = (now - began) / (done - first) if done > first else None
        self._latest = replace(self._latest, step=done, steps=total, step_seconds=pace)
        if now - self._sent > SECONDS_BETWEEN_REPORTS:
            self.send(self._latest)

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        self._latest = replace(self._latest, epoch=epoch, metrics=dict(metrics))
        if self._task.every_epoch:
            self.send(self._latest, of_epoch=True)

    def tell_history(self) -> None:
        """Report what a scheduler has to know of the run's past."""
        for epoch, value in self._task.history:
            self.send(TrialReport(epoch=int(epoch), metrics={self._task.metric: value}), of_epoch=True)

    def send(self, report: TrialReport, *, of_epoch: bool = False) -> None:
        """Send a report; raises `Pruned` where the answer is to stop.

        A scheduler is not told of the last epoch: what has come so far is evaluated.
        """
        from ray import tune

        values: dict[str, Any] = {"report": asdict(report)}
        if of_epoch and report.epoch < self._task.config["epochs"] and self._task.metric in report.metrics:
            values |= {"epoch": report.epoch, "metric": report.metrics[self._task.metric]}
        try:
            tune.report(values)
        except SystemExit:  # Tune's way to end a trial's thread
            raise Pruned from None
        self._sent = time.monotonic()


def attempt(task: Task, reporter: Reporter) -> TrialReport:
    """Run the task once; return how it ended."""
    lines: list[str] = []
    with standing_for(task.command), _limited(task) as (interruption, reason):
        hooks = RunHooks(
            interruption,
            reporter,
            task.tags,
            since=task.since,
            retry=True,
            mirror=_mirroring(task.storage),
            store_checked=True,  # by the driver, before the first trial: a store that goes away later costs no trial
        )
        try:
            if task.storage is not None:  # another machine may have begun it
                fetch(task.storage, runs_root(task.recipe), task.fingerprint)
            end = _finished(_ensure(task, lines.append, hooks))
        except Interrupted:
            end = _stopped(reason, task)
        except WorkerDied as error:
            end = _failed(Fault("lost", str(error)))
        except Exception as error:
            end = replace(_failed(fault_of(error)), trace="".join(traceback.format_exception(error)))
    return replace(end, lines=tuple(lines))


def _ensure(task: Task, tell: Callable[[str], None], hooks: RunHooks) -> RunRecord:
    if task.resources.workers == 1:
        return ensure(task.recipe, task.fingerprint, tell=tell, hooks=hooks)
    from depthlab.sweeps.workers.distributed import ensure_distributed  # imports Ray Train

    return ensure_distributed(task.recipe, task.fingerprint, task.resources, tell=tell, hooks=hooks)


def _mirroring(storage: str | None) -> Callable[[RunFolder], Mirror] | None:
    return None if storage is None else lambda folder: Mirror(folder, storage)


def _finished(record: RunRecord) -> TrialReport:
    return TrialReport(
        TrialState.FINISHED,
        metrics=record.metrics,
        folder=record.folder,
        run_id=record.run_id,
        seconds=record.seconds,
    )


def _stopped(reason: list[str], task: Task) -> TrialReport:
    if "time limit" in reason:
        return _failed(Fault("timeout", f"not done after {(task.seconds or 0) / 60:g} minutes, its checkpoint is kept"))
    return TrialReport(TrialState.CUT_OFF)


def _failed(fault: Fault) -> TrialReport:
    return TrialReport(TrialState.FAILED, fault=fault.kind, message=fault.message)


@contextmanager
def _limited(task: Task) -> Iterator[tuple[Interruption, list[str]]]:
    """Yield what stops the run at its limit or at the sweep's, and the reason once it did."""
    interruption = Interruption()
    reason: list[str] = []
    limits = {"time limit": task.seconds, "sweep": None if task.until is None else task.until - time.time()}
    timers = []
    for name, seconds in limits.items():
        if seconds is None:
            continue
        timers.append(threading.Timer(max(0.0, seconds), _ask, (interruption, reason, name)))
        timers.append(threading.Timer(max(0.0, seconds) + GRACE, _end_process))
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield interruption, reason
    finally:
        for timer in timers:
            timer.cancel()


def _ask(interruption: Interruption, reason: list[str], name: str) -> None:
    reason.append(name)
    interruption.request_stop(signal.SIGTERM)


def _end_process() -> None:
    """End a process that hangs: its run is found cut off, as its lock is free then."""
    os._exit(1)
