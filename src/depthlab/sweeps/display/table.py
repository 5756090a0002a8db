"""What a sweep found: a row for each trial, and means over seeds. The same trials make the same table, always."""

import csv
import io
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from depthlab.records import SweepRecord, TrialRecord, TrialState, csv_cell, printable
from depthlab.sweeps.display.wording import value_text
from depthlab.tracking import write_atomically

ERRORS = {
    "validation error %": "val/accuracy",
    "test error %": "test/accuracy",
    "training error %": "final/train_accuracy",
}
SEED = "seed"
WIDE = 10_000  # cells


def result_table(record: SweepRecord) -> Table:
    """Lay out all trials in their order: what varies, how they stand, errors in percent, parameters."""
    table = Table(box=None, title=record.name, title_justify="left", title_style="bold", pad_edge=False)
    for axis in record.axes:
        table.add_column(_plain(axis), overflow="fold")
    table.add_column("state", no_wrap=True)
    for name in (*ERRORS, "parameters"):
        table.add_column(name, justify="right")
    for trial in _in_order(record):
        parameters = _parameters(trial)
        cells = [*_values(trial, record.axes), trial.state, *_errors(trial)]
        cells.append(f"{parameters:,}" if parameters is not None else "")
        table.add_row(*map(_plain, cells), style=None if trial.state == TrialState.FINISHED else "dim")
    return table


def seed_table(record: SweepRecord) -> Table | None:
    """Lay out means over seeds: mean ± standard deviation (of a sample) in percent; None where seeds don't vary."""
    if SEED not in record.axes:
        return None
    axes = tuple(axis for axis in record.axes if axis != SEED)
    title = "mean over seeds ± one standard deviation"
    table = Table(box=None, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for axis in axes:
        table.add_column(_plain(axis), overflow="fold")
    for name in ("n", *ERRORS):
        table.add_column(name, justify="right")
    for trials in _by_values(record, axes):
        spreads = [_spread([100 * (1 - t.metrics[m]) for t in trials if m in t.metrics]) for m in ERRORS.values()]
        table.add_row(*map(_plain, (*_values(trials[0], axes), str(len(trials)), *spreads)))
    return table


def show_results(record: SweepRecord, console: Console | None = None) -> None:
    """Print both tables on standard output; into a file or a pipe they go whole, however wide."""
    console = console or Console()
    if not console.is_terminal:
        console.width = WIDE
    for table in (result_table(record), seed_table(record)):
        if table is not None and table.rows:
            console.print(table)
            console.print()


def write_csv(record: SweepRecord, path: Path) -> None:
    """Write a row for each trial, in their order; nothing in it depends on when or in what order they ended."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*record.axes, "state", *ERRORS, "parameters"])
    for trial in _in_order(record):
        parameters = _parameters(trial)
        exact = [_exact(trial.values[axis]) if axis in trial.values else "" for axis in record.axes]
        exact = [csv_cell(value) for value in exact]
        writer.writerow([*exact, trial.state, *_errors(trial), "" if parameters is None else parameters])
    write_atomically(path, text.getvalue())


def _in_order(record: SweepRecord) -> list[TrialRecord]:
    return sorted(record.trials, key=lambda trial: trial.index)


def _by_values(record: SweepRecord, axes: Sequence[str]) -> list[list[TrialRecord]]:
    """Return finished trials that differ in nothing but the seed together, in the order in which they come first."""
    groups: dict[str, list[TrialRecord]] = {}
    for trial in _in_order(record):
        if trial.state == TrialState.FINISHED:
            groups.setdefault(_exact([trial.values.get(axis) for axis in axes]), []).append(trial)
    return list(groups.values())


def _values(trial: TrialRecord, axes: Sequence[str]) -> tuple[str, ...]:
    return tuple(value_text(trial.values[axis]) if axis in trial.values else "" for axis in axes)


def _exact(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _errors(trial: TrialRecord) -> list[str]:
    metrics = trial.metrics
    return [f"{100 * (1 - metrics[name]):.2f}" if name in metrics else "" for name in ERRORS.values()]


def _parameters(trial: TrialRecord) -> int | None:
    return int(trial.metrics["model/parameters"]) if "model/parameters" in trial.metrics else None


def _spread(errors: Sequence[float]) -> str:
    """Return mean ± standard deviation; of a single error there is none."""
    if not errors:
        return ""
    mean = f"{statistics.fmean(errors):.2f}"
    return f"{mean} ± {statistics.stdev(errors):.2f}" if len(errors) > 1 else mean


def _plain(text: str) -> Text:
    return Text(printable(text))  # not markup: a value may have brackets
