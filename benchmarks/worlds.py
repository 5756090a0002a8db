"""Worlds from which studies are drawn, to see how often a verdict claims what is not there, and finds what is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from depthlab.records import MeasuredRun
from depthlab.statistics import proportion_interval

Claims = Mapping[str, bool]  # a claim in words -> whether a study makes it


@final
@dataclass(frozen=True)
class World:
    """What studies are drawn from, and which of their claims would be false."""

    question: str
    name: str
    seeds: int
    study: Callable[[np.random.Generator], Claims]
    false: tuple[str, ...] = ()  # claims that are false here

    def shares(self, studies: int, seed: int = 0) -> dict[str, float]:
        """Return the share of studies that make each claim."""
        chance = np.random.default_rng(seed)
        found = [self.study(chance) for _ in range(studies)]
        return {claim: float(np.mean([one[claim] for one in found])) for claim in found[0]}


def measured_run(network: str, series: str, seed: int, error: float, place: float = 0.0) -> MeasuredRun:
    """Return a run with one error in percent, on all images."""
    errors = {"train_error": error, "validation_error": error, "test_error": error, "train_loss": error / 50}
    costs = {"parameters": 1, "multiply_adds": 1, "seconds": 1.0}
    where = (f"{network}/{seed}", "", network, series, int(place), place, seed)
    return MeasuredRun(*where, settings={}, curves={}, **errors, **costs)


def share_interval(share: float, studies: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of studies."""
    found = proportion_interval(round(share * studies), studies)
    return found.low, found.high
