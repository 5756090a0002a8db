"""Runs that were found, sorted: which of them count in a figure, which are repeats, and by which keys they differ."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from depthlab.records import FoundRun, SweepRecord, TrialRecord, TrialState
from depthlab.report.scale import show
from depthlab.report.trial_groups import SEED

_BEST_FIRST = (
    TrialState.FINISHED,
    TrialState.RUNNING,
    TrialState.PRUNED,
    TrialState.CUT_OFF,
    TrialState.FAILED,
    TrialState.DIVERGED,
)
_MODEL = "model"
_CODE = "code"  # the key of what is not a setting: the checksum of the code that computes, shortened
_ORDER = ("data", _MODEL, "depth", "width")  # as people say it


@final
@dataclass(frozen=True)
class RunSelection:
    """All runs, each in one place.

    Runs of the same fingerprint should have the same result, so one of them counts: the newest that finished, or got
    furthest. `repeats` are others that finished as well; `attempts` did not, and another of their fingerprint counts.
    """

    counted: tuple[FoundRun, ...]
    repeats: tuple[FoundRun, ...]
    attempts: tuple[FoundRun, ...]
    disagreeing: tuple[str, ...]  # fingerprints whose finished runs differ in their results

    def remark(self, run: FoundRun) -> str:
        """Return what a table says of a run that does not count, "" of one that does."""
        if run in self.repeats:
            return "repeat, not counted"
        return "earlier attempt, not counted" if run in self.attempts else ""


def sort_runs(runs: Sequence[FoundRun]) -> RunSelection:
    """Decide which runs count."""
    same: dict[str, list[FoundRun]] = defaultdict(list)
    for run in runs:
        same[run.fingerprint].append(run)
    counted, repeats, attempts, disagreeing = [], [], [], []
    for fingerprint, several in same.items():
        newest_first = sorted(several, key=lambda run: run.created, reverse=True)
        first, *others = sorted(newest_first, key=lambda run: _BEST_FIRST.index(run.state))
        counted.append(first)
        repeats += [run for run in others if run.state == TrialState.FINISHED]
        attempts += [run for run in others if run.state != TrialState.FINISHED]
        results = {_result(run) for run in several if run.state == TrialState.FINISHED}
        if len(results) > 1:
            disagreeing.append(fingerprint)
    return RunSelection(tuple(counted), tuple(repeats), tuple(attempts), tuple(disagreeing))


def telling_keys(runs: Sequence[FoundRun]) -> list[str]:
    """Return the keys by which runs differ: axes, the seed last, then settings that tell apart runs of equal axes.

    What only some models have, such as a shortcut, is left out where it follows from the model. Where finished runs
    differ in nothing but the code that computed them, the last key is `code`, so that no mean has a seed twice.
    """
    keys = [key for key in _all_axes(runs) if len({_text(run.axes.get(key)) for run in runs}) > 1]
    told = [*(key for key in keys if not _follows_from_model(key, runs)), *_hidden_keys(runs)]
    return [*told, _CODE] if _differ_in_code_alone(runs) else told


def _differ_in_code_alone(runs: Sequence[FoundRun]) -> bool:
    sources: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        if run.source and run.state == TrialState.FINISHED:
            sources[_text([run.axes, run.settings])].add(run.source)
    return any(len(several) > 1 for several in sources.values())


def _follows_from_model(key: str, runs: Sequence[FoundRun]) -> bool:
    if all(key in run.axes for run in runs):
        return False
    pairs = {(_text(run.axes.get(_MODEL)), _text(run.axes.get(key))) for run in runs}
    return len(pairs) == len({model for model, _ in pairs})


def _all_axes(runs: Sequence[FoundRun]) -> list[str]:
    keys = dict.fromkeys(key for run in runs for key in sorted(run.axes))

    def place(key: str) -> tuple[int, bool, int]:
        return (_ORDER.index(key) if key in _ORDER else len(_ORDER), key == SEED, list(keys).index(key))

    return sorted(keys, key=place)


def _hidden_keys(runs: Sequence[FoundRun]) -> list[str]:
    """Return the settings, no axes, in which two runs differ whose axes are the same."""
    alike: dict[str, list[FoundRun]] = defaultdict(list)
    for run in runs:
        # A store knows the axes alone.
        if run.settings != run.axes:
            alike[_text(run.axes)].append(run)
    found: dict[str, None] = {}
    for several in alike.values():
        for key in dict.fromkeys(key for run in several for key in sorted(run.settings)):
            if key not in several[0].axes and len({_text(run.settings.get(key)) for run in several}) > 1:
                found[key] = None
    return list(found)


def value_of(run: FoundRun, key: str) -> Any:
    """Return a run's value of an axis or a setting, or the checksum of its code; None where it has none."""
    if key == _CODE:
        return run.source[:8] or None
    return run.axes.get(key, run.settings.get(key))


def two_settings(runs: Sequence[FoundRun]) -> dict[str, list[FoundRun]] | None:
    """Return the two settings of the finished runs that count, in words, with their runs; None if there are not two.

    Two runs are two settings, even if they differ in their seed alone.
    """
    finished = [run for run in sort_runs(runs).counted if run.state == TrialState.FINISHED]
    keys = telling_keys(finished)
    shown = keys if len(finished) == 2 else [key for key in keys if key != SEED]
    groups = group_by(finished, shown)
    if len(groups) != 2:
        return None
    return {
        " ".join(f"{key}={show(value)}" for key, value in zip(shown, values, strict=True)): members
        for values, members in groups.items()
    }


def as_sweep(runs: Sequence[FoundRun], keys: Sequence[str], *, name: str, metric: str) -> SweepRecord:
    """Return the runs in the form in which figures of sweeps take trials."""
    trials = tuple(
        TrialRecord(
            index=place,
            name=run.name,
            words=(),
            values={key: value_of(run, key) for key in keys},
            fingerprint=run.fingerprint,
            state=run.state,
            folder=run.folder,
            run_id=run.run_id,
            metrics=run.metrics,
            seconds=run.seconds or 0.0,
            fault=run.fault,
            message=run.message,
        )
        for place, run in enumerate(runs)
    )
    return SweepRecord(name, "", (), tuple(keys), (), "grid", metric, trials)


def group_by(runs: Sequence[FoundRun], keys: Sequence[str]) -> dict[tuple[Any, ...], list[FoundRun]]:
    """Return values of the keys -> the runs that share them, in an order that reads."""
    groups: dict[str, tuple[tuple[Any, ...], list[FoundRun]]] = {}
    for run in runs:
        values = tuple(value_of(run, key) for key in keys)
        groups.setdefault(_text(values), (values, []))[1].append(run)
    return dict(_hashable(values, members) for values, members in sorted(groups.values(), key=_rank))


def _rank(group: tuple[tuple[Any, ...], list[FoundRun]]) -> list[tuple[bool, float, str]]:
    return [
        (False, float(value), "") if isinstance(value, int | float) else (True, 0.0, _text(value)) for value in group[0]
    ]


def _hashable(values: tuple[Any, ...], members: list[FoundRun]) -> tuple[tuple[Any, ...], list[FoundRun]]:
    return tuple(_text(value) if isinstance(value, list | dict) else value for value in values), members


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def _result(run: FoundRun) -> str:
    """Return what two runs of the same fingerprint must share: all that was measured of the final weights."""
    return _text({key: value for key, value in run.metrics.items() if key.startswith(("test/", "final/"))})
