"""What a command found, for programs that read it: the one line of `--json`."""

import json
import math
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from depthlab.records import Interval, Record, RunRecord


@dataclass(frozen=True)
class RunOutcome(Record):
    """A run that a command made, continued, found or missed."""

    name: str  # reads: resnet-56 · digits · seed 0
    state: str  # finished, pruned, failed, cut off, running or waiting
    values: dict[str, Any] = field(default_factory=dict)  # axes that vary -> their values
    metrics: dict[str, float] = field(default_factory=dict)
    folder: str | None = None  # path
    run_id: str | None = None  # MLflow's
    message: str = ""  # what ended it, where it did not finish

    @classmethod
    def of(cls, record: RunRecord, folder: Path) -> Self:
        """Return the outcome of a run that finished."""
        return cls(record.name, str(record.status), record.axes, record.metrics, str(folder), record.run_id)


@dataclass(frozen=True)
class Gain(Record):
    """What one side has more than the other, beside what seeds alone change."""

    measure: str  # reads: training error
    a: str  # reads: plain-56; or a doubling of depth, plain
    b: str  # "" where `a` names a change by itself
    difference: float  # a less b, in percent points of an error, else in the units of the measure
    noise: float | None  # half-width of `interval`, at its level: what is smaller can't be told from none
    interval: Interval | None
    p: float | None  # two-sided, of the test that decides, corrected over its family; None where no claim may be made
    n: tuple[int, ...]  # values of each side
    significant: bool | None  # whether p allows a claim, after all looks at the runs; None without p
    equal: bool | None = None  # whether the two are shown to differ by less than the margin; None where not asked


@dataclass(frozen=True)
class Outcome(Record):
    """What one command came to. The exit codes are in docs/installed.md."""

    command: tuple[str, ...]
    exit_code: int = 0
    error: str | None = None  # the line of an exit code that isn't 0
    runs: tuple[RunOutcome, ...] = ()
    metrics: dict[str, Any] = field(default_factory=dict)  # of a single run
    verdict: tuple[str, ...] = ()
    gains: tuple[Gain, ...] = ()
    page: str | None = None  # path of index.html
    record: str | None = None  # path of record.json
    details: dict[str, Any] = field(default_factory=dict)  # what this command alone has

    def to_line(self) -> str:
        """Return strict JSON on one line; what is no number is null."""
        return json.dumps(_finite(self.to_dict()), ensure_ascii=False, allow_nan=False)


_KEPT: ContextVar[dict[str, Any] | None] = ContextVar("_KEPT", default=None)


def report(**found: Any) -> None:
    """Keep what a command found, by the names of `Outcome`, for `--json`."""
    _KEPT.set((_KEPT.get() or {}) | found)


def kept_outcome(**ending: Any) -> Outcome:
    """Return what was reported, and forget it."""
    found = _KEPT.get() or {}
    _KEPT.set(None)
    return Outcome(**(found | ending))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
