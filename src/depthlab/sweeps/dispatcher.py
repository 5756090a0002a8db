"""Decides what is computed next, and what is done about what broke. Knows nothing of Ray."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, final

from depthlab.records import FaultRecord, TrialState
from depthlab.run.faults import Kind
from depthlab.sweeps.faults import choose_treatment
from depthlab.sweeps.plan.trial import Entry, Trial
from depthlab.sweeps.state.sweep_state import SweepState
from depthlab.sweeps.workers.task import Task, TrialReport


class TrialSource(Protocol):
    """Where more trials come from, beside those that are planned: a search that learns from the results."""

    def ask(self) -> Trial | None:
        """Return a trial to run; None where there is none for now, or no more."""

    @property
    def exhausted(self) -> bool:
        """Whether no trial will come any more."""

    def tell(self, trial: Trial, state: TrialState, metrics: Mapping[str, float]) -> None:
        """Take note of how a trial ended."""


class Driver(Protocol):
    """Makes the tasks, and is notified of what becomes of them."""

    def make_task(self, trial: Trial, attempt: int, microbatches: int) -> Task:
        """Return the task of an attempt, counted from 1."""

    def note_fault(self, fault: FaultRecord) -> None:
        """Write a fault down."""

    def changed(self, entry: Entry) -> None:
        """Take note that a trial's state has changed."""

    def notify(self, line: str) -> None:
        """Show a line to a person."""


@final
@dataclass(frozen=True)
class Limits:
    """What bounds the work of a command."""

    attempts: int  # how often a trial may be tried
    concurrent: int | None = None  # tasks at once; None leaves it to the cluster
    until: float | None = None  # when no more tasks are handed out, in seconds since 1970
    seconds: float | None = None  # that one attempt may take


TaskFactory = Callable[[], Task]


@final
class Dispatcher:
    """Hands out tasks, one for each attempt of a trial, and follows how they go.

    A task is known by `attempt_id`, the name that Ray gives to the attempt.
    """

    def __init__(
        self,
        sweep_state: SweepState,
        waiting: Iterable[TaskFactory],
        driver: Driver,
        limits: Limits,
        source: TrialSource | None = None,
    ) -> None:
        """Nothing happens before `next_task`.

        Args:
            sweep_state: How the trials stand; changed here.
            waiting: First attempts, in the order in which they begin; each is made when its turn comes.
            driver: Makes tasks, and is notified of every event.
            limits: Of time and number.
            source: Of more trials.
        """
        self.sweep_state = sweep_state
        self._waiting = deque(waiting)
        self._driver, self._limits, self._source = driver, limits, source
        self._running: dict[str, Task] = {}
        self._last_reports: dict[str, TrialReport] = {}  # attempt_id -> the report of its end
        self._began: dict[str, float] = {}  # attempt_id -> seconds since 1970

    @property
    def over(self) -> bool:
        """Whether nothing is running and nothing will be."""
        return not self._running and (self._out_of_time or (not self._waiting and self._exhausted))

    def next_task(self, attempt_id: str) -> Task | None:
        """Return what to compute next for an attempt; None where there is nothing, for now or for good (`over`)."""
        concurrent = self._limits.concurrent
        if self._out_of_time or (concurrent is not None and len(self._running) >= concurrent):
            return None
        task = self._waiting.popleft()() if self._waiting else self._ask()
        if task is not None:
            self._running[attempt_id] = task
        return task

    def started(self, attempt_id: str) -> None:
        """Take note that a worker has begun."""
        task = self._running[attempt_id]
        self._began[attempt_id] = time.time()
        if not task.replay:
            self.sweep_state.start(task.index)
            self._driver.changed(self._entry(task))

    def reported(self, attempt_id: str, report: TrialReport) -> None:
        """Take note of what a worker reports."""
        task = self._running.get(attempt_id)
        if task is None or task.replay:
            return
        for line in report.lines:
            self._driver.notify(f"{self._entry(task).trial.name}: {line}")
        if report.state != TrialState.RUNNING:
            self._last_reports[attempt_id] = report
            return
        known = {"step": report.step, "steps": report.steps, "step_seconds": report.step_seconds}
        if report.steps:
            self.sweep_state.change(task.index, **known, metrics=report.metrics or self._entry(task).metrics)
            self._driver.changed(self._entry(task))

    def ended(self, attempt_id: str, error: str | None = None) -> None:
        """Take note that a task has ended: by its last report, stopped by a scheduler, or, with `error`, by a death."""
        task = self._running.pop(attempt_id)
        report = self._last_reports.pop(attempt_id, None)
        began = self._began.pop(attempt_id, time.time())
        if task.replay:
            return
        if report is None and error is not None:
            late = self._limits.seconds is not None and time.time() - began > self._limits.seconds
            report = TrialReport(TrialState.FAILED, fault="timeout" if late else "lost", message=error)
        if report is None:
            self._settle(task, TrialReport(TrialState.PRUNED, metrics=self._entry(task).metrics))
        elif report.state == TrialState.FAILED:
            self._respond_to_fault(task, report)
        else:
            self._settle(task, report)

    def _respond_to_fault(self, task: Task, report: TrialReport) -> None:
        assert report.fault is not None
        kind: Kind = report.fault  # type: ignore[assignment]
        treatment = choose_treatment(
            kind,
            attempt=task.attempt,
            attempts=self._limits.attempts,
            microbatches=task.microbatches,
            batch_size=task.config["batch_size"],
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fault = FaultRecord(task.fingerprint, kind, report.message, task.attempt, now, treatment, report.trace)
        self._driver.note_fault(fault)
        self.sweep_state.change(task.index, fault=kind, message=report.message, attempts=task.attempt)
        if treatment == "given up":
            self._settle(task, replace(report, state=TrialState.DIVERGED) if kind == "diverged" else report)
            return
        self.sweep_state.change(task.index, state=TrialState.WAITING)
        parts = task.microbatches * (2 if treatment == "tried again smaller" else 1)
        self._waiting.append(partial(self._driver.make_task, self._entry(task).trial, task.attempt + 1, parts))
        self._driver.changed(self._entry(task))

    def _settle(self, task: Task, report: TrialReport) -> None:
        changes: dict[str, Any] = {"state": report.state}
        if report.metrics:
            changes["metrics"] = report.metrics
        if report.state == TrialState.FINISHED:
            changes |= {"folder": report.folder, "run_id": report.run_id, "seconds": report.seconds}
            changes |= {"fault": None, "message": ""}
        self.sweep_state.change(task.index, **changes)
        entry = self._entry(task)
        if self._source is not None:
            self._source.tell(entry.trial, entry.state, entry.metrics)
        self._driver.changed(entry)

    def _ask(self) -> Task | None:
        trial = self._source.ask() if self._source is not None else None
        if trial is None:
            return None
        self.sweep_state.add(trial)
        return self._driver.make_task(trial, 1, trial.microbatches)

    def _entry(self, task: Task) -> Entry:
        return self.sweep_state.entries[task.index]

    @property
    def _exhausted(self) -> bool:
        return self._source is None or self._source.exhausted

    @property
    def _out_of_time(self) -> bool:
        return self._limits.until is not None and time.time() >= self._limits.until
