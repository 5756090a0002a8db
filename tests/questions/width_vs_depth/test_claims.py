"""How often studies in which nothing is to be found claim something, and studies with a plain effect find it.

Networks are those of the default. A claim is any slope or contrast of the test error that the verdict tells as shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from depthlab.questions.width_vs_depth.fit import fit_measured
from depthlab.records import ExchangeFit, MatchedNetwork
from depthlab.statistics import is_significant
from tests.questions.width_vs_depth.networks import measured_run

STUDIES, SEEDS = 300, 3
IMAGES = {"training": 288, "test": 359}
DEPTHS, WIDTHS, GROUPS = (14, 20, 26), (1.4375, 1.8125, 2.1875), (10, 18, 26)
COSTS = (172, 269, 367)


def _network(axis: str, family: str, cost: int, values: dict[str, float]) -> MatchedNetwork:
    name = " ".join(f"{axis} {value:g}" for axis, value in values.items())
    return MatchedNetwork(f"{family} {name}", family, axis, (), values, 1e3 * cost, 1e3 * cost, 0.0, 1000 * cost, 1)


def default_networks() -> tuple[MatchedNetwork, ...]:
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


NETWORKS = default_networks()


@dataclass(frozen=True)
class World:
    """What studies are drawn from: standard deviations in points, and how often a run is lost."""

    own: float = 0.0  # of networks about the model, beside their seeds
    seeds: Callable[[int], float] = lambda place: 1.0  # of the runs of the network at a place
    lost: float = 0.0
    depth: float = 0.0  # change of the error by a doubling of depth

    def study(self, chance: np.random.Generator) -> ExchangeFit:
        """Return the fit of the test error of a study."""
        runs = []
        for place, one in enumerate(NETWORKS):
            mean = 30 + self.depth * np.log2(one.values["depth"]) + self.own * chance.standard_normal()
            kept = max(1, chance.binomial(SEEDS, 1 - self.lost))
            errors = mean + self.seeds(place) * chance.standard_normal(kept)
            runs += [measured_run(one, seed, float(error)) for seed, error in enumerate(errors)]
        return fit_measured(NETWORKS, runs, IMAGES)[0]


def share(world: World, claimed: Callable[[ExchangeFit], bool]) -> float:
    """Return the share of studies in which a claim is made."""
    chance = np.random.default_rng(17)
    return sum(claimed(world.study(chance)) for _ in range(STUDIES)) / STUDIES


def anything(fit: ExchangeFit) -> bool:
    """Whether a study claims anything."""
    return any(is_significant(one.p_holm) for one in (*fit.exchanges, *fit.contrasts))


NOTHING = {
    "nothing at all": World(),
    "networks of their own, 1 point": World(own=1.0),
    "networks of their own, 3 points": World(own=3.0),
    "spreads rise from 0.3 to 3": World(seeds=lambda place: 0.3 + 0.27 * place),
    "the bases spread five times as much": World(seeds=lambda place: 5.0 if place < 2 else 1.0),
    "one axis spreads four times as much": World(seeds=lambda place: 4.0 if place % 3 == 0 else 1.0),
    "runs are lost": World(own=1.0, lost=0.4),
    "runs are lost and spreads are unequal": World(own=1.0, seeds=lambda place: 0.3 + 0.27 * place, lost=0.4),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_is_there_few_studies_claim_anything(name: str) -> None:
    assert share(NOTHING[name], anything) <= 0.06


@pytest.mark.slow
def test_a_plain_effect_is_found_and_told_to_be_that_of_its_axis() -> None:
    def found(fit: ExchangeFit) -> bool:
        depth = next(one for one in fit.exchanges if one.axis == "depth")
        return depth.points < 0 and is_significant(depth.p_holm)

    assert share(World(depth=-4.0, own=0.5), found) >= 0.95


@pytest.mark.slow
def test_nothing_is_claimed_of_the_axes_that_change_nothing_where_one_does() -> None:
    def false(fit: ExchangeFit) -> bool:
        width_to_cardinality = [one for one in fit.contrasts if "depth" not in (one.a, one.b)]
        others = [one for one in fit.exchanges if one.axis != "depth"]
        return any(is_significant(one.p_holm) for one in (*others, *width_to_cardinality))

    assert share(World(depth=-4.0, own=1.0), false) <= 0.06
