"""Make a page of any runs, by axes, settings, state, age or name, such as model=resnet depth=20,56

Words that are none of the keys below are axes and settings of runs, with one value or several, such as data=cifar10 or
optimizer.momentum=0.9. Without any, the page is about all runs. Runs that failed, were cut off, or were done twice are
shown and counted, and so are different versions of the code.
"""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.command_line import key_values
from depthlab.command_line.figure_style import FIGURE_KEYS, read_figure_style
from depthlab.invocation import RunOutcome, called, command, recorded_call, report
from depthlab.recipe import override_values, without_keys
from depthlab.records import FoundRun, RunsFound, SweepRecord, without_test
from depthlab.tracking import RUNS_ROOT, resolve_uri

if TYPE_CHECKING:
    from depthlab.questions.runs_page.record import ImageComparison

QUERY = {
    "status": "how runs ended: finished, pruned, failed, cut off or running, or several of them",
    "since": "only runs begun then or later: 2026-11-01, or 2026-11-01T12:00, of UTC",
    "until": "only runs begun before then",
    "run": "only these runs: MLflow's ids, names of folders, or the beginnings of either",
    "commit": "only runs of this commit of the code, or its beginning",
}
OPTIONS = {
    **QUERY,
    "sweep": "only runs of a sweep: its folder's name, its identity, MLflow's id of it, or its space's name",
    "filter": "only runs that MLflow finds by its own words: 'filter=metrics.\"val/accuracy\" > 0.9'",
    "metric": "what is drawn against the axes [test/accuracy, as error]",
    "compare": "two runs image by image, compare=ID,ID; true: the two settings of the page, although runs kept no "
    "predictions",
    **FIGURE_KEYS,
    "output": "the folder of the page, its figures and tables [reports/report]",
    "folder": "the folder of all runs [mlruns/runs]",
    "tracking.uri": "a store to look for runs that have no folder here [as train.py; with folder=, none]",
}
PLACES = ("output", "folder", "tracking.uri", *FIGURE_KEYS)  # options that say where and how, not which runs


def make_runs_page() -> None:
    """Read the command line, find the runs, write the page. Raises `ValueError`."""
    words = called()[2:]
    settings = override_values(word for word in words if word[:1] != "-")
    about = {key: "an axis or a setting" for key in settings if key not in OPTIONS}
    typed = key_values(words, required={}, optional=OPTIONS | about, about=__doc__ or "")
    output = Path(typed.get("output", "reports/report")).expanduser()
    if output.exists() and not output.is_dir():
        raise ValueError(f"output={output} is a file: type a folder for the page and its figures")
    style = read_figure_style(typed)
    pair = compared_pair(typed)
    found = find(typed | ({"run": pair} if pair else {}), " ".join(without_keys(words, PLACES)))
    images, found = compare(found, typed.get("compare"))

    from depthlab.questions.runs_page.page import count_runs, runs_page
    from depthlab.report import write_page
    from depthlab.report.frame import drawn_for
    from depthlab.report.question_runs import date_text

    facts = (
        ("command", f"`{shlex.join(recorded_call())}`"),
        ("date", date_text(datetime.now(UTC).isoformat())),
    )
    with drawn_for(style.width, style.font, style.size):
        page = write_page(runs_page(found, metric=typed.get("metric"), facts=facts, images=images), output)[0]
    report(runs=tuple(_outcome(one, found.place) for one in found.runs), page=str(page))
    print(f"{count_runs(found.runs)}\n{page}")


def _outcome(run: FoundRun, place: str) -> RunOutcome:
    folder = None if run.folder is None else str(Path(place) / run.folder)
    return RunOutcome(run.name, run.state, run.axes, run.metrics, folder, run.run_id, run.message)


def compared_pair(typed: Mapping[str, str]) -> str | None:
    """Return the names of the two runs to compare, as typed; None where none are named. Raises `ValueError`."""
    names = typed.get("compare", "true")
    if names == "true":
        return None
    if names.count(",") != 1 or "run" in typed:
        raise ValueError(
            f"compare={names}: type two runs, compare=ID,ID, and no run=; or compare=true for the page's two settings"
        )
    return names


def compare(found: RunsFound, typed: str | None) -> tuple["ImageComparison | None", RunsFound]:
    """Compare the two runs or settings that the page is about image by image, and note what hinders it.

    Raises:
        ValueError: it was typed, and can't be done.
    """
    from depthlab.questions.runs_page.measure import compare_images
    from depthlab.questions.runs_page.page_groups import two_settings

    groups = two_settings(found.runs)
    blind = any(run.asked in found.withheld for run in found.runs)
    try:
        if groups is None:
            raise ValueError(f"compare={typed} takes finished runs of two settings: say which, such as depth=20,56")
        return compare_images(groups, Path(found.place), blind=blind, anew=typed is not None), found
    except ValueError as error:
        if typed is not None:
            raise
        if groups is None:
            return None, found
        note = f"Not compared image by image: {error}; compare=true predicts anew what was not kept."
        return None, replace(found, notes=(*found.notes, note))


def find(typed: Mapping[str, str], query: str) -> RunsFound:
    """Return the runs that were asked for, and what could not be read.

    Args:
        typed: Options, axes and settings, and what each was set to.
        query: The words among them that say which runs.

    Raises:
        ValueError: there is no such folder or sweep, or no such run.
    """
    from depthlab.run import Search, find_runs, read_query
    from depthlab.sweeps.state.find_sweep import all_faults, find_sweep, withheld_runs

    root = Path(typed.get("folder", RUNS_ROOT)).expanduser()
    if "folder" in typed and not root.is_dir():
        raise ValueError(f"folder={root}: there is no such folder")
    sweeps = root.parent / "sweeps"
    sweep = find_sweep(sweeps, typed["sweep"]) if "sweep" in typed else None
    asks_store = "tracking.uri" in typed or "filter" in typed
    unread_sweeps: list[str] = []
    search = Search(
        query=read_query({key: value for key, value in typed.items() if key in QUERY or key not in OPTIONS}),
        root=root,
        uri=None if "folder" in typed and not asks_store else resolve_uri(typed.get("tracking.uri")),
        asked="tracking.uri" in typed,
        where=typed.get("filter", ""),
        fingerprints=None if sweep is None else {trial.fingerprint for trial in sweep.trials},
        faults=all_faults(sweeps, tell_unread=unread_sweeps.append),
        keys=OPTIONS,
    )
    runs, unread, notes = find_runs(search)
    withheld = withheld_runs(sweeps, tell_unread=unread_sweeps.append) & {run.asked for run in runs}
    runs = [replace(run, metrics=without_test(run.metrics)) if run.asked in withheld else run for run in runs]
    if withheld:
        notes.append(
            f"Test errors of {len(withheld)} runs are not shown: a search is to choose among them by validation."
        )
    unread += unread_sweeps
    if sweep is not None:
        notes += trials_without_runs(sweep, {run.asked for run in runs})
    if not runs:
        raise ValueError(no_runs(root, query, unread))
    lines = () if sweep is None else _search_lines(sweep)
    return RunsFound(query, str(root), tuple(runs), tuple(unread), tuple(notes), tuple(sorted(withheld)), lines)


def _search_lines(sweep: SweepRecord) -> tuple[str, ...]:
    from depthlab.report.search import search_lines

    return search_lines(sweep)


def no_runs(root: Path, query: str, unread: Sequence[str]) -> str:
    """Return the message where there is nothing to make a page of."""
    there = sum(1 for _ in root.glob("*/manifest.json"))
    if not there:
        return f"there are no runs in {root} yet; {command('train')} makes one, and folder=... looks elsewhere"
    broken = f", of which {len(unread)} can't be read" if unread else ""
    return f"no run is meant by {query or 'that'}; there are {there} in {root}{broken}"


def trials_without_runs(sweep: SweepRecord, fingerprints: set[str]) -> list[str]:
    """Return a note on a sweep's trials that are not among the runs."""
    missing = Counter(trial.state for trial in sweep.trials if trial.fingerprint not in fingerprints)
    if not missing:
        return []
    states = ", ".join(f"{count} {state}" for state, count in missing.most_common())
    return [f"{missing.total()} of the sweep's {len(sweep.trials)} trials have no run here ({states})."]
