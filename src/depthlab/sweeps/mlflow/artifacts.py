"""What the run of a sweep shows beside its metrics: figures, tables and a text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from depthlab.records import SweepRecord
from depthlab.report import (
    Quantity,
    Table,
    best_trials,
    count_trials,
    metric_against_axis,
    parallel_coordinates,
    save_figure,
    show,
    trial_table,
)
from depthlab.report.search import search_lines
from depthlab.sweeps.plan.searched import SEED
from depthlab.sweeps.state.sweep_state import best_setting
from depthlab.tracking import write_atomically
from depthlab.tracking.links import runs_link
from depthlab.tracking.notes import command_block
from depthlab.tracking.parent_run import ParentProgress
from depthlab.tracking.views import View

TABLES = ("trials.json", "best_trials.json")
_NOTE_LENGTH = 4800  # characters; MLflow's column holds more, some databases count bytes
_AXIS_VALUES = 300
_GAP = "&nbsp;&nbsp;"  # MLflow's pages set the columns of a table without one
_LOADED = 100


def write_files(record: SweepRecord, folder: Path, *, formats: tuple[str, ...] = ("png", "svg")) -> dict[str, Path]:
    """Draw the figures and write the tables into `folder`; return them by the place they take among the artifacts.

    Of a search, whose record is blinded, there are no figures of test errors.
    """
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    table = trial_table(record)
    texts = {
        "record.json": record.to_json(),
        "trials.csv": table.to_csv(),
        TABLES[0]: table.to_split_json(),
        TABLES[1]: best_trials(record).to_split_json(),
    }
    files = {}
    for name, text in texts.items():
        write_atomically(folder / name, text, durable=False)
        files[name] = folder / name
    axes = [axis for axis in record.axes if axis != SEED] or list(record.axes)
    tested = not record.searched and any("test/accuracy" in trial.metrics for trial in record.trials)
    metrics = dict.fromkeys((record.metric, *(["test/accuracy"] if tested else [])))
    figures = {
        f"{metric.replace('/', '_')}_against_{axis}": metric_against_axis(record, axis, metric)
        for metric in metrics
        for axis in axes
    }
    figures["parallel_coordinates"] = parallel_coordinates(record)
    for stem, figure in figures.items():
        for suffix in formats:
            name = f"figures/{stem}.{suffix}"
            files[name] = save_figure(figure, folder / name)
    return files


def write_note(record: SweepRecord, progress: ParentProgress, views: Sequence[View]) -> str:
    """Return the text at the top of the sweep's run, in Markdown: what was asked, and the best answers.

    Args:
        record: Of the sweep.
        progress: Of the sweep's run, with axes and held overrides as they were typed.
        views: Of the sweep.
    """
    params, name = progress.params, progress.experiment_id
    links = ", ".join(f"[{view.key.rpartition('.')[2]}]({runs_link(name, view.key)})" for view in views)
    loads = "; MLflow loads 100 runs at first, Load more at the end of its table the others"
    axes = Table(("axis", "values"), tuple((axis, _values(record, axis, params)) for axis in record.axes))
    parts = [
        f"**{record.name}**: {count_trials(record, record.metric)}{_best(record)}",
        f"Charts: {links}{loads if len(record.trials) > _LOADED else ''}",
        command_block(record.command),
        axes.to_markdown(_GAP),
        f"Held: {_cut(' '.join(record.held))}" if record.held else "",
        "\n\n".join((f"Search: {record.search}; trials are compared by `{record.metric}`.", *search_lines(record))),
        "",
        f"All trials of this sweep, shared ones too: ``tags.`depthlab.sweep.{progress.identity}` = 'true'``. "
        "Figures and tables are among the artifacts. Parameters are those of the first command; "
        "where an axis was extended since, the values above count.",
    ]
    for most in (10, 5, 3, 1):
        best = best_trials(record, most)
        parts[6] = f"#### Best trials\n\n{best.to_markdown(_GAP)}" if best.rows else "No trial has finished yet."
        note = "\n\n".join(filter(None, parts))
        if len(note) <= _NOTE_LENGTH:
            break
    return note[:_NOTE_LENGTH]


def _best(record: SweepRecord) -> str:
    """Return what is best so far, for the first line, as the page shows little more of the text at once."""
    best, quantity = best_setting(record.trials, record.metric), Quantity(record.metric)
    if not best:
        return ""
    values = [value for trial in best if (value := quantity.value(trial)) is not None]
    mean = f", the mean of {len(values)} seeds," if len(values) > 1 else ""
    setting = " ".join(
        f"{axis}={show(best[0].values[axis])}" for axis in record.axes if axis in best[0].values and axis != SEED
    )
    return _cut(f"; best {quantity.label}: {fmean(values):.4g}{mean}" + (f" with `{setting}`" if setting else ""))


def _values(record: SweepRecord, axis: str, params: Mapping[str, str]) -> str:
    if axis in params:
        return _cut(params[axis])
    return _cut(",".join(dict.fromkeys(str(trial.values.get(axis)) for trial in record.trials)))


def _cut(text: str) -> str:
    return text if len(text) <= _AXIS_VALUES else text[: _AXIS_VALUES - 1] + "…"
