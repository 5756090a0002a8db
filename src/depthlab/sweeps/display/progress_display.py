"""Show how a sweep goes: a live display on a terminal, a line for each trial that ends elsewhere."""

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self, final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from depthlab.records import TrialState, without_test
from depthlab.sweeps.display.progress_lines import DisplayState, draw_display
from depthlab.sweeps.display.wording import about, elapsed, label, metric_name, metric_text, percent
from depthlab.sweeps.plan.estimate import Workload, is_to_do
from depthlab.sweeps.plan.trial import Entry

REFRESHES = 3  # a second: with a thousand trials, a hundred of them running, that takes 1 % of a core
SECONDS_BETWEEN_ESTIMATES = 1.0


@final
class ProgressDisplay:
    """Shows a sweep on standard error, from `with` until its end; the driver calls `update` upon each event.

    On a terminal the display stays below whatever else is printed, and goes when the sweep ends. Elsewhere there is one
    plain line for each trial that ends, or is to be tried again.

    Args:
        workload: The trials, which the driver changes.
        name: The sweep's.
        blind: Whether test errors are left out, as a search is not to see them.
        enabled: Whether the live display is shown rather than lines; by default it is at a terminal.
        console: Where; by default standard error.
    """

    def __init__(
        self,
        workload: Workload,
        *,
        name: str = "",
        blind: bool = False,
        enabled: bool | None = None,
        console: Console | None = None,
    ) -> None:
        self.workload, self.name, self._blind = workload, name, blind
        self.sweep_state = workload.sweep_state
        self._console = console or Console(stderr=True)
        can = sys.stderr.isatty() and not self._console.is_dumb_terminal
        self.shown = can if enabled is None else enabled
        self._live: Live | None = None
        self._faults: list[Entry] = []
        self._told = {index: _mark(entry) for index, entry in self.sweep_state.entries.items()}
        self._left: float | None = None
        self._estimated = -SECONDS_BETWEEN_ESTIMATES

    def __enter__(self) -> Self:
        if self.shown:
            self._live = Live(
                get_renderable=self._draw,
                console=self._console,
                refresh_per_second=REFRESHES,
                transient=True,
                # what goes to a file or another program must not come out above the display instead
                redirect_stdout=sys.stdout.isatty(),
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def update(self) -> None:
        """Take note that something has changed."""
        for entry in list(self.sweep_state.entries.values()):
            index, mark = entry.trial.index, _mark(entry)
            before = self._told.get(index)
            if mark == before:
                continue
            self._told[index] = mark
            if entry.fault is not None and (before is None or entry.attempts > before[1]):
                self._faults = [one for one in self._faults if one is not entry] + [entry]
            elif entry.state == TrialState.FINISHED:
                self._faults = [one for one in self._faults if one is not entry]
            if not self.shown and not (before is None and entry.earlier):
                self._tell(entry, 0 if before is None else before[1])

    def note(self, line: str) -> None:
        """Print a line above the display."""
        if self._live is None:
            print(line, file=sys.stderr, flush=True)
        else:
            self._console.print(Text(line), soft_wrap=True, highlight=False)

    def _draw(self) -> Text:
        now = time.monotonic()
        if now - self._estimated >= SECONDS_BETWEEN_ESTIMATES:
            self._left, self._estimated = self.workload.time_left(), now
        passed = time.time() - self.sweep_state.began
        view = DisplayState(self.name, self.workload.total, passed, self._left, self._faults)
        width, height = self._console.size
        return draw_display(self.sweep_state, view, width=width, height=height - 1)

    def _tell(self, entry: Entry, attempts: int) -> None:
        """Print what became of a trial, if it has ended or will be tried again."""
        metrics = without_test(entry.metrics) if self._blind else entry.metrics
        what = _ending(entry, self.sweep_state.metric, metrics)
        if what is not None:
            ended = sum(
                not is_to_do(e) and e.state != TrialState.RUNNING for e in list(self.sweep_state.entries.values())
            )
            total = self.workload.total
            left = self.workload.time_left() if ended < total else None
            rest = "" if left is None else f"; about {about(left)} left"
            place = f"[{ended:>{len(str(total))}}/{total}]"
            self.note(f"{place} {label(entry.trial)}: {what}{rest}")
        elif entry.fault is not None and entry.attempts > attempts:
            self.note(f"{label(entry.trial)}: {entry.fault}, will be tried again: {_line(entry.message)}")


def _mark(entry: Entry) -> tuple[str, int]:
    return entry.state, entry.attempts


def _ending(entry: Entry, metric: str, metrics: Mapping[str, float]) -> str | None:
    """Return how a trial ended, in words; None while it hasn't."""
    if is_to_do(entry) or entry.state == TrialState.RUNNING:
        return None
    if entry.state == TrialState.FAILED:
        return f"failed: {entry.fault}: {_line(entry.message)}"
    if entry.state == TrialState.DIVERGED:
        return f"diverged: {_line(entry.message)}"
    parts = []
    if entry.state != TrialState.FINISHED:
        parts.append(f"{entry.state} at step {entry.step:,} of {entry.steps:,}" if entry.steps else entry.state)
    shown = dict.fromkeys((metric, "val/accuracy"))
    parts += [f"{metric_name(one)} {metric_text(one, metrics)}" for one in shown if one in metrics]
    if "test/accuracy" in metrics:
        parts.append(f"test error {percent(metrics['test/accuracy'])}")
    return ", ".join([*parts, elapsed(entry.seconds)])


def _line(text: str) -> str:
    return " ".join(text.split())
