"""Run a recipe for a person: what happens, in lines; the result, in a short table; what to type next."""

from contextlib import suppress

from rich.console import Console
from rich.table import Table

from depthlab.invocation import RunOutcome, report
from depthlab.recipe import Recipe
from depthlab.records import RunRecord, printable
from depthlab.run.experiment import run
from depthlab.run.runs_folder import runs_root
from depthlab.tracking.ways import way_to_run
from depthlab.training import Interrupted


def run_and_show(recipe: Recipe) -> None:
    """Run the recipe and print its result.

    Raises:
        ValueError: a mistake of the user, see `run`.
        SystemExit: with 128 + the signal's number if the run was stopped by Ctrl-C or SIGTERM.
    """
    errors = _console(stderr=True)
    try:
        record = run(recipe, tell=lambda line: errors.print(printable(line)), resume=not recipe.config["fresh"])
    except Interrupted as interrupted:
        with suppress(OSError):  # the terminal may be closed
            errors.print(f"stopped by {interrupted}; the same command continues it")
        raise SystemExit(128 + interrupted.signum) from None
    report(runs=(RunOutcome.of(record, runs_root(recipe) / record.folder),), metrics=record.metrics)
    out = _console(stderr=False)
    out.print(result_table(record))
    for line in where_to_look(recipe, record):
        out.print(line)


def result_table(record: RunRecord) -> Table:
    """Lay out what a run found."""
    metrics = record.metrics
    table = Table(show_header=False, box=None, title=record.name, title_justify="left", title_style="bold")
    tested = sum(map(sum, record.confusion))
    times = "once" if record.resumptions == 1 else f"{record.resumptions} times"
    continued = f", continued {times}" if record.resumptions else ""
    rows = {
        "test error": f"{100 * (1 - metrics['test/accuracy']):.2f} %  ({tested:,} images)",
        **({"test images": record.test_note} if record.test_note else {}),
        "validation error": f"{100 * (1 - metrics['val/accuracy']):.2f} %",
        "training error": f"{100 * (1 - metrics['final/train_accuracy']):.2f} %",
        "parameters": f"{int(metrics['model/parameters']):,}",
        "multiply-adds": f"{int(metrics['model/multiply_adds']):,}",
        "training speed": f"{metrics['throughput/images_per_second']:,.0f} images/s",
        "hardware": record.hardware,
        "time": f"{record.seconds:.0f} s" + continued,
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def where_to_look(recipe: Recipe, record: RunRecord) -> list[str]:
    """Return where the run was recorded, and the command that shows it."""
    folder = runs_root(recipe) / record.folder
    lines = [f"recorded in {folder}"]
    if record.run_id is None:
        return lines
    way = way_to_run(folder)
    return [*lines, f"           and MLflow, run {record.run_id}; to open the dashboard:", *([way] if way else [])]


def _console(*, stderr: bool) -> Console:
    """Make a console that prints text as it is: a folder's name may have brackets or colons in it."""
    return Console(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)
