"""The trials of a sweep as a table, the best first."""

import csv
import io
import json
import math
from dataclasses import dataclass
from typing import Any, final

from depthlab.records import DONE, SweepRecord, TrialRecord, TrialState, csv_cell
from depthlab.report.drawn_trials import Quantity
from depthlab.report.scale import show

_STATES = (*DONE, TrialState.RUNNING, TrialState.CUT_OFF, TrialState.WAITING, TrialState.FAILED)
_METRICS = ("val/accuracy", "test/accuracy", "val/loss")


@final
@dataclass(frozen=True)
class Table:
    """Rows under named columns; what is not known is None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def to_split_json(self) -> str:
        """Return it in the form that pandas calls "split" and MLflow's pages show as a table."""
        rows = [[value if isinstance(value, int | float | None) else show(value) for value in row] for row in self.rows]
        return json.dumps({"columns": self.columns, "data": rows}, ensure_ascii=False)

    def to_csv(self) -> str:
        """Return it as comma-separated values, exact, with what is neither text nor number as JSON."""
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(self.columns)
        lines.writerows(
            [json.dumps(v) if isinstance(v, list | tuple | bool) else csv_cell(v) for v in row] for row in self.rows
        )
        return text.getvalue()

    def to_markdown(self, gap: str = "") -> str:
        """Return it as Markdown, numbers to four digits; `gap` goes behind every cell, where pages set them close."""
        cells = [["" if value is None else show(value) for value in row] for row in self.rows]
        lines = [[_escape(cell) + gap for cell in row] for row in (self.columns, *cells)]
        lines.insert(1, ["---"] * len(self.columns))
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def best_trials(record: SweepRecord, most: int = 10) -> Table:
    """Return the best finished trials, by the sweep's metric."""
    return _tabulate(record, [trial for trial in _by_goodness(record) if _is_ranked(trial, record.metric)][:most])


def trial_table(record: SweepRecord) -> Table:
    """Return all trials: finished ones first, the best of them at the top, then those in other states."""
    return _tabulate(record, _by_goodness(record))


def _tabulate(record: SweepRecord, trials: list[TrialRecord]) -> Table:
    wanted = dict.fromkeys((record.metric, *_METRICS))
    # A metric that no trial has yet would be an empty column.
    metrics = [m for m in wanted if any(Quantity(m).value(t) is not None for t in record.trials)]
    rows = []
    for trial in trials:
        values = [Quantity(metric).value(trial) for metric in metrics]
        numbers = [None if value is None else float(f"{value:.5g}") for value in values]
        broke = trial.fault if trial.state in (TrialState.FAILED, TrialState.DIVERGED) else None
        own = [trial.values.get(axis) for axis in record.axes]
        minutes = round(trial.seconds / 60, 2) if trial.seconds else None
        rows.append((trial.index, *numbers, *own, trial.state, minutes, trial.attempts, broke, trial.run_id))
    labels = (Quantity(metric).label for metric in metrics)
    columns = ("trial", *labels, *record.axes, "state", "minutes", "faults", "fault", "run")
    return Table(columns, tuple(rows))


def _is_ranked(trial: TrialRecord, metric: str) -> bool:
    return trial.state == TrialState.FINISHED and Quantity(metric).value(trial) is not None


def _by_goodness(record: SweepRecord) -> list[TrialRecord]:
    quantity = Quantity(record.metric)
    sign = 1 if quantity.less_is_better else -1

    def rank(trial: TrialRecord) -> tuple[int, float, int]:
        value = quantity.value(trial)
        state = _STATES.index(trial.state) if trial.state in _STATES else len(_STATES)
        return state, math.inf if value is None else sign * value, trial.index

    return sorted(record.trials, key=rank)


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
