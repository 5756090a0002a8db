"""The runs that a query means: from their folders, which are the truth, and from a store where they have none here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import final

from rich.console import Console
from rich.progress import track

from depthlab.records import FoundRun
from depthlab.run.collected import Faults, collect_runs, with_journal
from depthlab.run.query import Query
from depthlab.tracking import find_folders, redact
from depthlab.tracking.address import sqlite_path
from depthlab.tracking.stored_runs import stored_curves, stored_runs

_MOST_CURVES = 200  # runs whose curves are fetched from a store, each by four calls


@final
@dataclass(frozen=True)
class Search:
    """Where to look, and what for."""

    query: Query
    root: Path  # the folder with the folders of all runs
    uri: str | None = None  # a store, as `resolve_uri` returns it; None for folders alone
    asked: bool = False  # whether a person named the store: then it must answer
    where: str = ""  # a filter in MLflow's own syntax
    fingerprints: Collection[str] | None = None  # None for all
    faults: Faults = field(default_factory=lambda: MappingProxyType({}))
    keys: Collection[str] = ()  # what else can be typed, for those who mistype it


def find_runs(search: Search) -> tuple[list[FoundRun], list[str], list[str]]:
    """Return the runs that are meant, oldest first; a line for each folder that can't be read; and other notes.

    Raises:
        ValueError: nothing is meant by the words, or the store that was asked for does not answer.
    """
    unread: list[str] = []
    folders = find_folders(search.root)
    here = list(_watched(collect_runs(folders, search.faults, tell_unread=unread.append), len(folders), "reading runs"))
    search.query.check_keys(here, search.keys)
    stored, notes = _ask_store(search, here)
    away = _elsewhere(stored, here)
    every = [*here, *away]
    search.query.check(every)
    # A filter is MLflow's to judge, also of runs whose folders are here.
    judged = {run.run_id for run in stored} if search.where else None
    meant = [run for run in every if judged is None or run.run_id in judged]
    meant = [run for run in meant if search.query.takes(run)]
    if search.fingerprints is not None:
        meant = [run for run in meant if run.asked in search.fingerprints]
    if search.where and (untracked := sum(run.run_id is None for run in here)):
        notes.append(f"{untracked} runs in {search.root} are in no store, so that a filter can't find them.")
    return sorted(_completed(meant, search, notes), key=lambda run: run.created), unread, notes


def _ask_store(search: Search, here: list[FoundRun]) -> tuple[list[FoundRun], list[str]]:
    """Return what the store has, and what to tell if nobody asked for it and it does not answer."""
    uri = search.uri
    path = sqlite_path(uri) if uri is not None else None
    there_is_one = uri is not None and (path is None or path.is_file())  # MLflow would make one
    if uri is None or not there_is_one:
        if search.where or search.asked:
            raise ValueError(f"there is no store {redact(uri or '')} to ask: type another tracking.uri=...")
        return [], []
    try:
        return stored_runs(uri, where=search.where), []
    except ValueError as error:
        if search.where or search.asked or not here:
            raise
        return [], [f"Runs that have no folder here are missing, as their store was not asked: {error}"]


def _elsewhere(stored: list[FoundRun], here: list[FoundRun]) -> list[FoundRun]:
    known = {run.run_id for run in here}
    return [run for run in stored if run.run_id not in known]


def _completed(runs: list[FoundRun], search: Search, notes: list[str]) -> list[FoundRun]:
    """Return the runs with the metrics and curves of those whose records don't hold them."""
    left = _MOST_CURVES
    done = []
    for run in _watched(runs, len(runs), "reading curves"):
        if run.folder is not None:
            done.append(with_journal(run, search.root))
        elif left and run.run_id is not None and search.uri is not None:
            left -= 1
            done.append(replace(run, curves=stored_curves(search.uri, run.run_id)))
        else:
            done.append(run)
    only_stored = sum(run.folder is None for run in runs)
    if only_stored:
        notes.append(
            f"{only_stored} of the runs have no folder in {search.root}: what is told of them is what the store "
            f"{redact(search.uri or '')} has, so uncommitted changes, libraries and settings "
            "beside the axes are not known."
        )
    if only_stored > _MOST_CURVES:
        notes.append(f"Curves are those of {_MOST_CURVES} of them alone.")
    return done


def _watched(items: Iterable[FoundRun], total: int, what: str) -> Iterable[FoundRun]:
    console = Console(stderr=True)
    return track(items, what, total=total, console=console, transient=True, disable=not console.is_terminal)
