"""Studies of width_vs_depth: networks as its default finds them, each with a few seeds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import final

import numpy as np
from worlds import Claims, World, measured_run

from depthlab.questions.width_vs_depth.fit import fit_measured
from depthlab.records import MatchedNetwork
from depthlab.statistics import is_significant

IMAGES = {"training": 288, "test": 1437}
DEPTHS, WIDTHS, GROUPS = (14, 20, 26), (1.4375, 1.8125, 2.1875), (10, 18, 26)
COSTS = (172, 269, 367)
DEPTH, OTHERS = "depth changes the error, or buys more", "an axis beside depth does"


@final
@dataclass(frozen=True)
class Errors:
    """What errors are drawn from: standard deviations in points, and how often a run is lost."""

    own: float = 0.0  # of networks about the model, beside their seeds
    seeds: Callable[[int], float] = lambda place: 1.0  # of the runs of the network at a place
    lost: float = 0.0
    depth: float = 0.0  # change of the error by a doubling of depth

    def study(self, seeds: int, chance: np.random.Generator) -> Claims:
        """Return what a study claims of the test error."""
        runs = []
        for place, one in enumerate(NETWORKS):
            mean = 30 + self.depth * np.log2(one.values["depth"]) + self.own * chance.standard_normal()
            kept = max(1, chance.binomial(seeds, 1 - self.lost))
            errors = mean + self.seeds(place) * chance.standard_normal(kept)
            runs += [measured_run(one.network, one.family, seed, float(error)) for seed, error in enumerate(errors)]
        fit = fit_measured(NETWORKS, runs, IMAGES)[0]
        depth = [one.p_holm for one in fit.exchanges if one.axis == "depth"]
        depth += [one.p_holm for one in fit.contrasts if "depth" in (one.a, one.b)]
        others = [one.p_holm for one in fit.exchanges if one.axis != "depth"]
        others += [one.p_holm for one in fit.contrasts if "depth" not in (one.a, one.b)]
        return {DEPTH: any(map(is_significant, depth)), OTHERS: any(map(is_significant, others))}


def _network(axis: str, family: str, cost: int, values: dict[str, float]) -> MatchedNetwork:
    name = " ".join(f"{axis} {value:g}" for axis, value in values.items())
    return MatchedNetwork(f"{family} {name}", family, axis, (), values, 1e3 * cost, 1e3 * cost, 0.0, 1000 * cost, 1)


def _default_networks() -> tuple[MatchedNetwork, ...]:
    """Two bases, and for each of three budgets a deeper network, a wider one, and one of more groups."""
    found = [
        _network("base", "resnet", 75, {"depth": 8.0, "width": 1.0}),
        _network("base", "resnext", 80, {"depth": 11.0, "width": 0.25, "cardinality": 3.0}),
    ]
    for depth, width, groups, cost in zip(DEPTHS, WIDTHS, GROUPS, COSTS, strict=True):
        found.append(_network("depth", "resnet", cost, {"depth": float(depth), "width": 1.0}))
        found.append(_network("width", "resnet", cost, {"depth": 8.0, "width": width}))
        values = {"depth": 11.0, "width": 0.25, "cardinality": float(groups)}
        found.append(_network("cardinality", "resnext", cost, values))
    return tuple(found)


NETWORKS = _default_networks()


def width_vs_depth_worlds() -> list[World]:
    """Return worlds in which no axis changes anything, and one in which depth does."""

    def rising(place: int) -> float:
        return 0.3 + 0.27 * place

    nothing = {
        "nothing: seeds alone spread": Errors(),
        "nothing: networks spread by 1 point": Errors(own=1.0),
        "nothing: networks spread by 3 points": Errors(own=3.0),
        "nothing: spreads rise from 0.3 to 3": Errors(seeds=rising),
        "nothing: the bases spread five times as much": Errors(seeds=lambda place: 5.0 if place < 2 else 1.0),
        "nothing: one axis spreads four times as much": Errors(seeds=lambda place: 4.0 if place % 3 == 0 else 1.0),
        "nothing: 40 % of the runs are lost": Errors(own=1.0, lost=0.4),
        "nothing: lost runs and spreads that rise": Errors(own=1.0, seeds=rising, lost=0.4),
    }
    worlds = [World("width_vs_depth", name, 3, partial(one.study, 3), (DEPTH, OTHERS)) for name, one in nothing.items()]
    depth = Errors(depth=-4.0, own=0.5)
    return [*worlds, World("width_vs_depth", "a doubling of depth takes 4 points off", 3, partial(depth.study, 3))]
