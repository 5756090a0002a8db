"""The last lines of a sweep: its table, what is missing, and what to type to have it."""

import shlex
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from rich.console import Console

from depthlab.invocation import again, command
from depthlab.recipe import Override
from depthlab.records import DONE, SweepRecord, TrialState
from depthlab.sweeps.display.table import show_results
from depthlab.tracking.ways import way_to_sweep

INCOMPLETE = 3  # exit code: the sweep has not all of its trials
_DIVERGED = "a result, which the same command does not train again; fresh=true trains the sweep anew"


def show_outcome(record: SweepRecord, folder: Path) -> None:
    """Print the sweep's table, and where it is kept: in its `folder`, and in MLflow."""
    out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    from depthlab.report.search import search_lines  # imports matplotlib

    show_results(record)
    confirm = record.choice.confirm if record.choice is not None else ()
    for line in search_lines(record):
        out.print(line.replace(shlex.join(confirm), again(confirm)) if confirm else line)
    out.print(f"recorded in {folder}")
    if record.run_id is not None:
        out.print(f"           and MLflow, run {record.run_id}; to open the dashboard:")
        out.print(way_to_sweep(folder) or command("dashboard"))


def check_complete(record: SweepRecord, *, asked: Collection[int]) -> None:
    """Say which trials diverged, which are missing, why, and what to type; nothing if all came to their end.

    Args:
        record: How all trials stand.
        asked: The places of the trials that this command asked for; others it would not go on with.

    Raises:
        SystemExit: with 3 if trials are missing.
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
    sys.stdout.flush()
    diverged = [trial for trial in record.trials if trial.state == TrialState.DIVERGED and trial.index in asked]
    if diverged:
        errors.print(f"{len(diverged)} of {len(asked)} trials diverged: {_DIVERGED}")
    for trial in diverged:
        errors.print(f"  {trial.name} ({trial.message}): {command('train', *trial.words)}")
    missing = [trial for trial in record.trials if trial.state not in DONE and trial.index in asked]
    if not missing:
        return
    counts = Counter(trial.state for trial in missing)
    listed = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    errors.print(f"{len(missing)} of {len(asked)} trials are missing: {listed}")
    for trial in missing:
        why = f" ({trial.fault}: {trial.message})" if trial.fault is not None else ""
        errors.print(f"  {trial.name}, {trial.state}{why}: {command('train', *trial.words)}")
    same = [word for word in record.command if Override.parse(word).key != "fresh"]  # which would start over
    errors.print(f"the same command goes on with them: {again(same)}")
    raise SystemExit(INCOMPLETE)
