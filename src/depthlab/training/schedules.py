"""Learning-rate schedules as pure functions: (step, total steps) -> factor of the base learning rate.

Each constructor returns a `Schedule`; schedules have no state, so a resumed run needs only its step.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

Schedule = Callable[[int, int], float]


def constant() -> Schedule:
    """Keep the base learning rate."""
    return lambda step, total: 1.0


def one_cycle(*, warmup: float = 0.3, start: float = 0.04, end: float = 1e-4) -> Schedule:
    """Rise from `start` to 1 over the first share `warmup` of the steps, then fall to `end`, both by a half cosine.

    Source: Smith and Topin 2017, arXiv 1708.07120, with the cosine form that PyTorch's `OneCycleLR` uses.
    """

    def factor(step: int, total: int) -> float:
        peak = warmup * total
        if step < peak:
            return _half_cosine(start, 1.0, step / peak)
        return _half_cosine(1.0, end, (step - peak) / max(total - peak, 1))

    return factor


def cosine(*, warmup_steps: int = 0, end: float = 0.0) -> Schedule:
    """Fall from 1 to `end` by a half cosine, after a linear warm-up (Loshchilov and Hutter 2016, arXiv 1608.03983)."""

    def factor(step: int, total: int) -> float:
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        return _half_cosine(1.0, end, (step - warmup_steps) / max(total - warmup_steps, 1))

    return factor


@final
@dataclass(frozen=True)
class CyclicCosine:
    """A repeated half cosine from 1 to 0: `cycles` of them, which divide the steps as evenly as possible.

    It is a `Schedule` that knows where its cycles end, which is where a run saves its weights, see `Snapshots`.
    """

    cycles: int

    def __call__(self, step: int, total: int) -> float:
        if step >= total:
            return 0.0
        cycle = step * self.cycles // total
        start, end = self._start(cycle, total), self._start(cycle + 1, total)
        return _half_cosine(1.0, 0.0, (step - start) / (end - start))

    def ends(self, total: int) -> tuple[int, ...]:
        """Return the step after which each cycle ends; the last one ends with the run."""
        return tuple(dict.fromkeys(self._start(cycle + 1, total) for cycle in range(self.cycles)))

    def _start(self, cycle: int, total: int) -> int:
        return -(-cycle * total // self.cycles)  # the first step for which step * cycles // total == cycle


def snapshots(*, cycles: int = 5) -> CyclicCosine:
    """Anneal in cycles with warm restarts, saving weights at the end of each: an ensemble from one training.

    Source: Huang et al. 2017, "Snapshot Ensembles: Train 1, Get M for Free", arXiv 1704.00109, eq. 2, with M cycles of
    T / M steps; where M does not divide T, their lengths differ by one step. Raises `ValueError` for fewer than one
    cycle.
    """
    if isinstance(cycles, bool) or not isinstance(cycles, int) or cycles < 1:
        raise ValueError(
            f"schedule.cycles={cycles} is not a number of cycles: type 1 or more, such as schedule.cycles=5"
        )
    return CyclicCosine(cycles)


def steps(
    *,
    milestones: Sequence[float] = (0.5, 0.75),
    factor: float = 0.1,
    warmup_steps: int = 0,
    warmup_factor: float = 0.1,
    warmup_from_depth: int = 0,
    depth: int | Sequence[int] = 0,
) -> Schedule:
    """Multiply by `factor` at each milestone, a share of all steps (He et al. 2015, arXiv 1512.03385, section 4.2).

    Networks of `warmup_from_depth` layers or more train their first `warmup_steps` steps at `warmup_factor`: the
    paper does so with ResNet-110, which is slow to start at a learning rate of 0.1.
    """
    # units per stage give no number of layers: two layers per unit are assumed
    deep = (depth if isinstance(depth, int) else 2 * sum(depth) + 2) >= warmup_from_depth
    warm = warmup_steps if deep else 0

    def scale(step: int, total: int) -> float:
        if step < warm:
            return warmup_factor
        return float(factor ** sum(step >= share * total for share in milestones))

    return scale


def _half_cosine(begin: float, end: float, progress: float) -> float:
    return end + (begin - end) * (1 + math.cos(math.pi * min(progress, 1.0))) / 2
