"""Which runs are meant: by their axes and settings, their state, their age, their names."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, final

from depthlab.invocation import program
from depthlab.recipe import AXES, did_you_mean
from depthlab.records import ENDED, FoundRun, TrialState

STATES = (*ENDED, TrialState.RUNNING)
CHOICES = ("model", "data", "optimizer", "schedule")
OWN = ("status", "since", "until", "run", "commit")  # keys that are neither axes nor settings


@final
@dataclass(frozen=True)
class Query:
    """What was typed. `values` maps an axis or a dotted setting to the values of which a run may have any."""

    values: Mapping[str, tuple[Any, ...]]
    status: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    runs: tuple[str, ...] = ()
    commit: str = ""

    def takes(self, run: FoundRun) -> bool:
        """Whether the run is meant."""
        begun = _utc(datetime.fromisoformat(run.created))
        return (
            all(_among(key, wanted, run) for key, wanted in self.values.items())
            and (not self.status or run.state in self.status)
            and (self.since is None or begun >= self.since)
            and (self.until is None or begun < self.until)
            and (not self.runs or any(is_called(run, name) for name in self.runs))
            and (run.commit or "").startswith(self.commit)
        )

    def check_keys(self, runs: Iterable[FoundRun], others: Iterable[str]) -> None:
        """See that no key is a mistyped one of `others`, which a script takes beside those of runs.

        Raises:
            ValueError: one is.
        """
        known = _keys(runs)
        for key in self.values:
            near = did_you_mean(key, others)
            if near and key not in known and "." not in key:
                raise ValueError(f"there is no key {key}{near} {program()} --help tells what can be typed")

    def check(self, runs: Sequence[FoundRun]) -> None:
        """Check that some run has each key, and each name.

        Raises:
            ValueError: one is not.
        """
        known = _keys(runs)
        for key in self.values:
            if key not in known:
                near = did_you_mean(key, known)
                raise ValueError(f"no run here has a setting {key}{near or ';'} {program()} --help tells more")
        for name in self.runs:
            if not any(is_called(run, name) for run in runs):
                raise ValueError(f"no run {name!r} here: type MLflow's id, a folder's name, or the beginning of either")


def read_query(words: Mapping[str, str]) -> Query:
    """Read key=value words: those of `OWN`, axes, and dotted settings such as optimizer.momentum.

    Raises:
        ValueError: A status or a time can't be read.
    """
    status = tuple(re.sub("[-_]", " ", one) for one in _parts(words.get("status", "")))
    for one in status:
        if one not in STATES:
            raise ValueError(f"status={one}: there is no such status; allowed are {', '.join(STATES)}")
    return Query(
        values={key: tuple(map(_value, _parts(word))) for key, word in words.items() if key not in OWN},
        status=status,
        since=_time("since", words),
        until=_time("until", words),
        runs=_parts(words.get("run", "")),
        commit=words.get("commit", ""),
    )


def is_called(run: FoundRun, name: str) -> bool:
    """Whether the run has this name, or one that begins so."""
    return (run.folder or "").startswith(name) or (run.run_id or "").startswith(name)


def _keys(runs: Iterable[FoundRun]) -> set[str]:
    return {key for run in runs for key in (*run.axes, *run.settings)} | {*AXES, *CHOICES}


def _among(key: str, wanted: tuple[Any, ...], run: FoundRun) -> bool:
    there = run.axes if key in run.axes else run.settings
    return key in there and any(_same(there[key], value) for value in wanted)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other or str(one).lower() == str(other).lower()
    return bool(one == other) or str(one) == str(other)


def _parts(text: str) -> tuple[str, ...]:
    """Split at commas that are not inside brackets: 20,[3,3,3]."""
    return tuple(part.strip() for part in re.findall(r"(?:\[[^\]]*\]|[^,\[])+", text) if part.strip())


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _time(key: str, words: Mapping[str, str]) -> datetime | None:
    if key not in words:
        return None
    try:
        return _utc(datetime.fromisoformat(words[key]))
    except ValueError as error:
        raise ValueError(
            f"{key}={words[key]} is not a time: type {key}=2026-11-01 or {key}=2026-11-01T12:00"
        ) from error


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
