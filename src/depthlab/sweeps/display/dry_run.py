"""What a sweep would do: every trial with its cost, and how long it would all take. Nothing is started."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from depthlab.records import TrialState
from depthlab.run.columns import columns
from depthlab.sweeps.display.wording import about, right_aligned, value_text
from depthlab.sweeps.plan.estimate import StepSeconds, TrialCost, Workload, fit_step_seconds, is_to_do
from depthlab.sweeps.plan.trial import Entry

Row = tuple[str, ...]
NUMBERS = ("parameters", "multiply-adds", "steps", "time")


def show_plan(
    workload: Workload,
    *,
    name: str = "",
    skipped: Sequence[tuple[str, str]] = (),
    console: Console | None = None,
) -> None:
    """Print the trials of a sweep, their costs and the time they would take, on standard output.

    Lines are never wrapped or cut, so that other programs can read them too.

    Args:
        workload: The trials, as they stand before any is begun.
        name: The sweep's.
        skipped: Combinations that are not possible, and why.
        console: Where; by default standard output.
    """
    console = console or Console(soft_wrap=True)
    head, *rows = _aligned(_rows(workload)) if workload.sweep_state.entries else [""]
    console.print(Text(_title(workload, name)), style="bold", soft_wrap=True)
    console.print(Text(head), style="dim", soft_wrap=True)
    for line in (*rows, *_totals(workload), *_skipped(skipped)):
        console.print(Text(line), soft_wrap=True, highlight=False)


def state_text(entry: Entry) -> str:
    """Return what a sweep would do about a trial."""
    if not is_to_do(entry):
        return f"{entry.state} earlier"
    if entry.state == TrialState.FAILED or entry.fault is not None:
        return "retry"
    return "continues" if entry.state == TrialState.CUT_OFF or entry.folder is not None else "new"


def _title(workload: Workload, name: str) -> str:
    to_do = sum(map(is_to_do, workload.sweep_state.entries.values())) + workload.unplanned
    told = f"{to_do} of them to run" if workload.total > 1 else "to run" if to_do else "nothing to run"
    return f"{name}{': ' if name else ''}{_count(workload.total, 'trial')}, {told}"


def _rows(workload: Workload) -> Iterator[Row]:
    entries = list(workload.sweep_state.entries.values())
    axes = list(dict.fromkeys(axis for entry in entries for axis in entry.trial.values))
    step_seconds = fit_step_seconds(workload.measured)
    yield (*(axes or ["trial"]), *NUMBERS, "state")
    for entry in entries:
        values = [value_text(entry.trial.values[axis]) if axis in entry.trial.values else "" for axis in axes]
        cost = workload.costs.get(entry.trial.index)
        yield (*(values or [entry.trial.name]), *_numbers(entry, cost, step_seconds), state_text(entry))


def _numbers(entry: Entry, cost: TrialCost | None, step_seconds: StepSeconds | None) -> Row:
    """Return what a trial costs; its time is the one that it took, or an estimate of all of its steps."""
    if cost is None:
        return ("?",) * len(NUMBERS)
    seconds = None if step_seconds is None else cost.steps * step_seconds(cost)
    if entry.state == TrialState.FINISHED and entry.seconds:
        seconds = entry.seconds
    time = "?" if seconds is None else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:,.0f} s"
    return (f"{cost.parameters:,}", f"{cost.multiply_adds:,}", f"{cost.steps:,}", time)


def _totals(workload: Workload) -> Iterator[str]:
    concurrent, unplanned = workload.concurrent, workload.unplanned
    rest = {entry.trial.index: entry for entry in workload.sweep_state.entries.values() if is_to_do(entry)}
    known = [(workload.costs[index], entry) for index, entry in rest.items() if index in workload.costs]
    if known:
        steps = sum(max(0, cost.steps - entry.step) for cost, entry in known)
        work = sum(max(0, cost.steps - entry.step) * cost.work for cost, entry in known)
        yield f"to run: {_count(len(known), 'trial')}, {steps:,} steps, {work:.3g} multiply-adds forward"
    if unplanned:
        yield f"and {_count(unplanned, 'trial')} that the search will choose on its way"
    if not rest and not unplanned:
        yield "there is nothing left to run"
        return
    at_once = "one after the other" if concurrent == 1 else f"{concurrent} at once"
    alone, together = replace(workload, concurrent=1).time_left(), workload.time_left()
    if alone is None or together is None:
        yield f"how long it takes, {at_once}, is unknown: no step was measured"
    else:
        yield f"estimated time: {about(together)}, {at_once}" + (
            f" ({about(alone)} one after the other)" if concurrent > 1 else ""
        )


def _skipped(skipped: Sequence[tuple[str, str]]) -> Iterator[str]:
    if skipped:
        verb = "is" if len(skipped) == 1 else "are"
        yield f"left out: {_count(len(skipped), 'combination')} that {verb} not possible"
    for overrides, reason in skipped:
        yield f"  {overrides}: {reason}"


def _aligned(rows: Iterator[Row]) -> list[str]:
    """Return a line for each row; numbers stand at the right of their column."""
    table = list(rows)
    last = len(table[0]) - 1
    numbers = range(last - len(NUMBERS), last)
    widths = {column: max(cell_len(row[column]) for row in table) for column in numbers}
    padded = [[right_aligned(text, widths.get(column, 0)) for column, text in enumerate(row)] for row in table]
    return list(columns(padded))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
