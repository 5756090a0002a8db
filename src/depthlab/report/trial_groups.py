"""Trials that belong together in a figure: those that share their values of some axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from depthlab.records import SweepRecord, TrialRecord
from depthlab.report.scale import scale_of

SEED = "seed"  # the axis whose values are repetitions


@final
@dataclass(frozen=True)
class TrialGroup:
    """Some trials, and what they share."""

    key: tuple[Any, ...]  # values of the axes by which trials were grouped
    places: tuple[int, ...]  # of each among the axis's values
    trials: frozenset[int]  # places in the sweep


def varies(record: SweepRecord, axis: str) -> bool:
    """Whether the sweep has more than one value of the axis."""
    return len(_distinct(record, axis)) > 1


def group_trials(trials: Sequence[TrialRecord], axes: Sequence[str]) -> list[TrialGroup]:
    """Return the groups of trials that share their values of the axes, in the order of these values."""
    found: dict[str, tuple[tuple[Any, ...], set[int]]] = {}
    for trial in trials:
        key = tuple(trial.values.get(axis) for axis in axes)
        found.setdefault(repr(key), (key, set()))[1].add(trial.index)
    scales = [scale_of(trial.values.get(axis) for trial in trials) for axis in axes]
    groups = []
    for key, members in found.values():
        places = tuple(scale.values.index(value) for scale, value in zip(scales, key, strict=True))
        groups.append(TrialGroup(key, places, frozenset(members)))
    return sorted(groups, key=lambda group: group.places)


def telling_axes(record: SweepRecord, axes: Sequence[str], most: int) -> list[str]:
    """Return the axes by which trials are told apart, in at most so many groups.

    All of them if that is few enough, else the first one that has few values, or none.
    """
    if len(group_trials(record.trials, axes)) <= most:
        return list(axes)
    return [axis for axis in axes if len(_distinct(record, axis)) <= most][:1]


def _distinct(record: SweepRecord, axis: str) -> tuple[Any, ...]:
    return scale_of(trial.values.get(axis) for trial in record.trials).values
