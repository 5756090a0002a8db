"""How long trials take, from how long steps took.

A trial's time is taken to be steps x (a + b x multiply-adds x batch size): what a step takes to be started at all, and
what it computes. Both are fitted, never below zero, to the steps measured so far.
"""

import heapq
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from depthlab.records import TrialState
from depthlab.sweeps.plan.trial import Entry
from depthlab.sweeps.state.sweep_state import SweepState


@dataclass(frozen=True)
class TrialCost:
    """What a trial has to compute."""

    parameters: int
    multiply_adds: int  # of one image, forward
    steps: int  # optimizer steps, from the first to the last
    batch_size: int

    @property
    def work(self) -> int:
        """Multiply-adds of one step's forward pass; backward goes with it."""
        return self.multiply_adds * self.batch_size

    @property
    def kind(self) -> tuple[int, int, int]:
        """What two costs share when their steps take the same time."""
        return (self.parameters, self.multiply_adds, self.batch_size)


Measured = Sequence[tuple[TrialCost, float]]  # with the seconds of one optimizer step
StepSeconds = Callable[[TrialCost], float]


def estimate_seconds(cost: TrialCost, measured: Measured) -> float | None:
    """Return how long all of a trial's steps take; None where no step was measured."""
    step_seconds = fit_step_seconds(measured)
    return None if step_seconds is None else cost.steps * step_seconds(cost)


def fit_step_seconds(measured: Measured) -> StepSeconds | None:
    """Return the function that gives a step's seconds; None where none was measured.

    A network that was measured itself is not asked of the fit: families differ in more than in their multiply-adds.
    """
    usable = [(cost, seconds) for cost, seconds in measured if math.isfinite(seconds) and seconds > 0]
    if not usable:
        return None
    seen: dict[tuple[int, int, int], list[float]] = {}
    for cost, seconds in usable:
        seen.setdefault(cost.kind, []).append(seconds)
    means = {kind: statistics.fmean(times) for kind, times in seen.items()}
    works = {cost.kind: float(cost.work) for cost, _ in usable}
    offset, slope = _fit([(works[kind], seconds) for kind, seconds in means.items()])

    def step_seconds(cost: TrialCost) -> float:
        return means.get(cost.kind, offset + slope * cost.work)

    return step_seconds


@final
@dataclass(frozen=True)
class Workload:
    """What a sweep has to compute, and how many trials at once."""

    sweep_state: SweepState  # the trials that are known; it may change
    costs: Mapping[int, TrialCost]  # what each has to compute, by its place; some may be added
    concurrent: int  # trials at once
    measured: Measured = ()  # steps that were timed before this command
    expected: int = 0  # trials in all, where a search finds some of them only on its way

    @property
    def total(self) -> int:
        """Number of trials in all."""
        return max(self.expected, len(self.sweep_state.entries))

    @property
    def unplanned(self) -> int:
        """Number of trials that will be asked for, but aren't known yet."""
        return self.total - len(self.sweep_state.entries)

    def time_left(self) -> float | None:
        """Return the seconds until all trials have ended; None while nothing tells.

        What runs goes on; of what waits, the longest begins first. A trial that isn't known yet is taken to be as long
        as the mean of those that are.
        """
        costs, unplanned = self.costs, self.unplanned
        entries = list(self.sweep_state.entries.values())  # a copy: the display reads while the driver may add one
        step_seconds = fit_step_seconds([*self.measured, *measured_steps(entries, costs)])
        if step_seconds is None or (unplanned and not costs):
            return None
        running = [entry for entry in entries if entry.state == TrialState.RUNNING]
        waiting = [entry for entry in entries if is_to_do(entry)]
        if any(entry.trial.index not in costs for entry in (*running, *waiting)):
            return None
        places = [_remainder(entry, costs[entry.trial.index], step_seconds) for entry in running]
        rest = [_remainder(entry, costs[entry.trial.index], step_seconds) for entry in waiting]
        if unplanned:
            rest += [statistics.fmean(cost.steps * step_seconds(cost) for cost in costs.values())] * unplanned
        return pack(places, rest, self.concurrent)


def pack(running: Sequence[float], waiting: Sequence[float], concurrent: int) -> float:
    """Return when the last one ends, if the longest that waits always takes the first place that gets free."""
    concurrent = max(concurrent, 1)
    places = sorted([*running, *[0.0] * (concurrent - len(running))])
    for _ in range(len(places) - concurrent):  # more run than should: the first to end free no place
        heapq.heappop(places)
    last = max(running, default=0.0)
    for seconds in sorted(waiting, reverse=True):
        ends = heapq.heappop(places) + seconds
        heapq.heappush(places, ends)
        last = max(last, ends)
    return last


def measured_steps(entries: Sequence[Entry], costs: Mapping[int, TrialCost]) -> list[tuple[TrialCost, float]]:
    """Return the seconds that steps took in this command; before there are any, in earlier ones."""
    paces = [(entry, pace) for entry in entries if (pace := _pace(entry, costs)) is not None]
    now = [(costs[entry.trial.index], pace) for entry, pace in paces if not entry.earlier]
    return now or [(costs[entry.trial.index], pace) for entry, pace in paces]


def _pace(entry: Entry, costs: Mapping[int, TrialCost]) -> float | None:
    """Return the seconds of one step: of a finished trial with its validation, which is part of a trial's time."""
    cost = costs.get(entry.trial.index)
    if cost is None:
        return None
    return entry.seconds / cost.steps if entry.state == TrialState.FINISHED and entry.seconds else entry.step_seconds


def is_to_do(entry: Entry) -> bool:
    """Tell whether a trial is still to be begun by this command, be it for the first time or again."""
    broken_earlier = entry.earlier and entry.began is None and entry.state in (TrialState.FAILED, TrialState.CUT_OFF)
    return entry.state == TrialState.WAITING or broken_earlier


def _remainder(entry: Entry, cost: TrialCost, step_seconds: StepSeconds) -> float:
    steps = max(0, (entry.steps or cost.steps) - entry.step)
    return steps * (entry.step_seconds or step_seconds(cost))


def _fit(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Fit seconds = offset + slope x work by least squares of the errors relative to the seconds, none below zero.

    Relative, as a step of the dearest network may take a hundred times that of the cheapest. Of a single network the
    time is taken to be all work: small networks are quick, and that says nothing of large ones.
    """
    from scipy.optimize import nnls  # here, as --help has to be quick

    works = np.array([work for work, _ in points])
    scale = works.max() or 1.0
    rows = np.stack([np.ones(len(works)), works / scale], axis=1) / np.array([[seconds] for _, seconds in points])
    all_work = bool(works.any())
    wanted = [True, True] if len(set(works)) > 1 else [not all_work, all_work]
    found = np.zeros(2)
    found[wanted], _ = nnls(rows[:, wanted], np.ones(len(works)))
    return float(found[0]), float(found[1] / scale)
