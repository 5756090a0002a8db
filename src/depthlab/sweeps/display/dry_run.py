"""What a sweep would do: every trial with its cost, and how long it would all take. Nothing is started."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from depthlab.records import TrialState
from depthlab.runs.columns import columns
from depthlab.sweeps.display.wording import about, value_text
from depthlab.sweeps.plan.estimate import Measured, StepSeconds, TrialCost, fit_step_seconds, is_to_do, time_left
from depthlab.sweeps.plan.trial import Entry
from depthlab.sweeps.state.sweep_state import SweepState

Row = tuple[str, ...]
NUMBERS = ("parameters", "multiply-adds", "steps", "time")


def show_plan(
    sweep_state: SweepState,
    costs: Mapping[int, TrialCost],
    *,
    concurrent: int,
    name: str = "",
    measured: Measured = (),
    skipped: Sequence[tuple[str, str]] = (),
    unplanned: int = 0,
    console: Console | None = None,
) -> None:
    """Print the trials of a sweep, their costs and the time they would take, on standard output.

    Lines are never wrapped or cut, so that other programs can read them too.

    Args:
        standing: The trials, as they stand before any is begun.
        costs: What each has to compute, by its place.
        concurrent: How many would run at once.
        name: The sweep's.
        measured: Seconds of single steps, from which all are estimated.
        skipped: Combinations that are not possible, and why.
        unplanned: Trials that the search will find only on its way.
        console: Where; by default standard output.
    """
    console = console or Console(soft_wrap=True)
    head, *rows = _aligned(_rows(sweep_state, costs, measured)) if sweep_state.entries else [""]
    console.print(Text(_title(sweep_state, name, unplanned)), style="bold", soft_wrap=True)
    console.print(Text(head), style="dim", soft_wrap=True)
    for line in (*rows, *_totals(sweep_state, costs, concurrent, measured, unplanned), *_skipped(skipped)):
        console.print(Text(line), soft_wrap=True, highlight=False)


def state_text(entry: Entry) -> str:
    """Return what a sweep would do about a trial."""
    if not is_to_do(entry):
        return f"{entry.state} earlier"
    if entry.state == TrialState.FAILED or entry.fault is not None:
        return "retry"
    return "continues" if entry.state == TrialState.CUT_OFF or entry.folder is not None else "new"


def _title(sweep_state: SweepState, name: str, unplanned: int) -> str:
    to_do = sum(map(is_to_do, sweep_state.entries.values())) + unplanned
    return (
        f"{name}{': ' if name else ''}{_count(len(sweep_state.entries) + unplanned, 'trial')}, {to_do} of them to run"
    )


def _rows(sweep_state: SweepState, costs: Mapping[int, TrialCost], measured: Measured) -> Iterator[Row]:
    entries = list(sweep_state.entries.values())
    axes = list(dict.fromkeys(axis for entry in entries for axis in entry.trial.values))
    step_seconds = fit_step_seconds(measured)
    yield (*(axes or ["trial"]), *NUMBERS, "state")
    for entry in entries:
        values = [value_text(entry.trial.values[axis]) if axis in entry.trial.values else "" for axis in axes]
        cost = costs.get(entry.trial.index)
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


def _totals(
    sweep_state: SweepState, costs: Mapping[int, TrialCost], concurrent: int, measured: Measured, unplanned: int
) -> Iterator[str]:
    rest = {entry.trial.index: entry for entry in sweep_state.entries.values() if is_to_do(entry)}
    known = [(costs[index], entry) for index, entry in rest.items() if index in costs]
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
    alone = time_left(sweep_state, costs, 1, measured=measured, unplanned=unplanned)
    together = time_left(sweep_state, costs, concurrent, measured=measured, unplanned=unplanned)
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
    padded = [[_right(text, widths.get(column, 0)) for column, text in enumerate(row)] for row in table]
    return list(columns(padded))


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
