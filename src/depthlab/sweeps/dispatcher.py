"""Decides what is computed next, and what is done about what broke. Knows nothing of Ray."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, final

from depthlab.records import FaultRecord, TrialState
from depthlab.runs.faults import Kind
from depthlab.sweeps.faults import treat
from depthlab.sweeps.plan.trials import Entry, Trial
from depthlab.sweeps.state.sweep_state import SweepState
from depthlab.sweeps.workers.task import Report, Task


class Source(Protocol):
    """Where more trials come from, beside those that are planned: a search that learns from what it hears."""

    def ask(self) -> Trial | None:
        """Return a trial to run; None where there is none for now, or no more."""

    @property
    def exhausted(self) -> bool:
        """Whether no trial will come any more."""

    def tell(self, trial: Trial, state: TrialState, metrics: Mapping[str, float]) -> None:
        """Hear how a trial ended."""


Order = Callable[[], Task]


@final
class Dispatcher:
    """Hands out tasks, one for each attempt of a trial, and hears how they go.

    A task is known by `ticket`, the name that Ray gives to the attempt. `changed` is called upon every event.
    """

    def __init__(
        self,
        standing: SweepState,
        waiting: Iterable[Order],
        *,
        source: Source | None,
        make_task: Callable[[Trial, int, int], Task],
        note_fault: Callable[[FaultRecord], None],
        changed: Callable[[Entry], None],
        tell: Callable[[str], None],
        attempts: int,
        concurrent: int | None,
        until: float | None,
        limit: float | None,
    ) -> None:
        """Nothing happens before `next_task`.

        Args:
            standing: How the trials stand; changed here.
            waiting: First attempts, in the order in which they shall begin; each is made when its turn comes.
            source: Of more trials.
            make_task: Makes the task of an attempt: trial, attempt (from 1), microbatches.
            note_fault: Writes a fault down.
            changed: Called when a trial stands otherwise than before.
            tell: Gets lines for a person.
            attempts: How often a trial may be tried.
            concurrent: How many tasks may run at once; None leaves it to the cluster.
            until: When no more tasks are handed out, in seconds since 1970.
            limit: Seconds that one attempt may take.
        """
        self.standing = standing
        self._waiting = deque(waiting)
        self._running: dict[str, Task] = {}
        self._ended: dict[str, Report] = {}  # ticket -> the last report, if it was one of an end
        self._source = source
        self._make_task = make_task
        self._note_fault = note_fault
        self._changed = changed
        self._tell = tell
        self._attempts, self._concurrent, self._until, self._limit = attempts, concurrent, until, limit
        self._last: dict[str, float] = {}

    @property
    def over(self) -> bool:
        """Whether nothing is running and nothing will be."""
        return not self._running and (self._out_of_time or (not self._waiting and self._dry))

    def next_task(self, ticket: str) -> Task | None:
        """Return what to compute next under a ticket; None where there is nothing, for now or for good (`over`)."""
        if self._out_of_time or (self._concurrent is not None and len(self._running) >= self._concurrent):
            return None
        task = self._waiting.popleft()() if self._waiting else self._ask()
        if task is not None:
            self._running[ticket] = task
        return task

    def started(self, ticket: str) -> None:
        """Hear that a worker has begun."""
        task = self._running[ticket]
        self._last[ticket] = time.time()
        if not task.replay:
            self.standing.start(task.index)
            self._changed(self._entry(task))

    def reported(self, ticket: str, report: Report) -> None:
        """Hear what a worker says."""
        task = self._running.get(ticket)
        if task is None or task.replay:
            return
        for line in report.lines:
            self._tell(f"{self._entry(task).trial.name}: {line}")
        if report.state != TrialState.RUNNING:
            self._ended[ticket] = report
            return
        known = {"step": report.step, "steps": report.steps, "step_seconds": report.step_seconds}
        if report.steps:
            self.standing.change(task.index, **known, metrics=report.metrics or self._entry(task).metrics)
            self._changed(self._entry(task))

    def ended(self, ticket: str, error: str | None = None) -> None:
        """Hear that a task has ended: by its last report, or stopped by a scheduler, or, with `error`, by a death."""
        task = self._running.pop(ticket)
        report = self._ended.pop(ticket, None)
        began = self._last.pop(ticket, time.time())
        if task.replay:
            return
        if report is None and error is not None:
            late = self._limit is not None and time.time() - began > self._limit
            report = Report(TrialState.FAILED, fault="timeout" if late else "lost", message=error)
        if report is None:
            self._settle(task, Report(TrialState.PRUNED, metrics=self._entry(task).metrics))
        elif report.state == TrialState.FAILED:
            self._treat(task, report)
        else:
            self._settle(task, report)

    def _treat(self, task: Task, report: Report) -> None:
        assert report.fault is not None
        kind: Kind = report.fault  # type: ignore[assignment]
        treatment = treat(
            kind,
            attempt=task.attempt,
            attempts=self._attempts,
            microbatches=task.microbatches,
            batch_size=task.config["batch_size"],
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fault = FaultRecord(task.fingerprint, kind, report.message, task.attempt, now, treatment, report.trace)
        self._note_fault(fault)
        self.standing.change(task.index, fault=kind, message=report.message, attempts=task.attempt)
        if treatment == "given up":
            self._settle(task, report)
            return
        self.standing.change(task.index, state=TrialState.WAITING)
        parts = task.microbatches * (2 if treatment == "tried again smaller" else 1)
        self._waiting.append(partial(self._make_task, self._entry(task).trial, task.attempt + 1, parts))
        self._changed(self._entry(task))

    def _settle(self, task: Task, report: Report) -> None:
        news: dict[str, Any] = {"state": report.state, "metrics": report.metrics}
        if report.state == TrialState.FINISHED:
            news |= {"folder": report.folder, "run_id": report.run_id, "seconds": report.seconds}
            news |= {"fault": None, "message": ""}
        self.standing.change(task.index, **{key: value for key, value in news.items() if value or key != "metrics"})
        entry = self._entry(task)
        if self._source is not None:
            self._source.tell(entry.trial, entry.state, entry.metrics)
        self._changed(entry)

    def _ask(self) -> Task | None:
        trial = self._source.ask() if self._source is not None else None
        if trial is None:
            return None
        self.standing.add(trial)
        return self._make_task(trial, 1, 1)

    def _entry(self, task: Task) -> Entry:
        return self.standing.entries[task.index]

    @property
    def _dry(self) -> bool:
        return self._source is None or self._source.exhausted

    @property
    def _out_of_time(self) -> bool:
        return self._until is not None and time.time() >= self._until
