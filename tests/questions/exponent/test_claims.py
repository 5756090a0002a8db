"""How often studies in which nothing depends on depth or cardinality claim that something does, and the other way.

Networks are those of the default; a claim is any part of the reading that is told to be supported or contradicted, or
units that are told to be missed more than groups, or less.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from depthlab.questions.exponent.fit import compare_pieces, fit_all
from depthlab.questions.exponent.record import GROUPS, UNITS, ExponentPart, ExponentRun, PieceLesion, PieceSet
from depthlab.questions.exponent.verdict import OPEN, correct, find_parts
from depthlab.records import Compared
from depthlab.statistics import is_significant

STUDIES, SEEDS = 300, 3
# units, cardinality, thousands of multiply-adds
SHAPES = (
    *((6, 4, 1429), (9, 4, 1933), (12, 4, 2437), (15, 4, 2940), (18, 4, 3444)),
    *((6, 6, 1974), (6, 8, 2519), (6, 10, 3063), (6, 11, 3336)),
)
Claims = tuple[tuple[ExponentPart, ...], Compared | None]


def run_of(units: int, cardinality: int, cost: int, seed: int, rises: tuple[float, float], votes: float) -> ExponentRun:
    """Return a run with one lesion of each kind, with these rises in points and as many votes, in doublings."""
    effect = 64.0 / 2**votes
    pieces = [
        PieceSet(kind, (PieceLesion("1.2", False, 5.0 + rise, effect),), 1, (5.0 + rise,))
        for kind, rise in zip((UNITS, GROUPS), rises, strict=True)
    ]
    name = f"resnext {units} {cardinality}"
    sizes = (units, cardinality, 10 * cost, 1000 * cost)
    return ExponentRun(f"{name}/{seed}", name, "resnext", seed, *sizes, 5.0, 64.0, tuple(pieces))


@dataclass(frozen=True)
class World:
    """What studies are drawn from: standard deviations, and how often a run is lost."""

    own: float = 0.0  # of networks, beside their seeds
    seeds: Callable[[int], float] = lambda place: 1.0  # of the runs of the network at a place
    lost: float = 0.0
    depth: float = 0.0  # by a doubling of the units: fall of the rise in points, and growth of the votes in doublings

    def study(self, chance: np.random.Generator) -> Claims:
        """Return the parts of the reading, and units against groups, as a study finds them."""
        runs = []
        for place, (units, cardinality, cost) in enumerate(SHAPES):
            law = self.depth * math.log2(units)
            means = np.array([40 - law, 40 - law, 2 + law]) + self.own * chance.standard_normal(3)
            for seed in range(max(1, chance.binomial(SEEDS, 1 - self.lost))):
                unit, group, votes = map(float, means + self.seeds(place) * chance.standard_normal(3))
                runs.append(run_of(units, cardinality, cost, seed, (unit, group), votes))
        return correct(find_parts(fit_all(runs)), compare_pieces(runs))


def share(world: World, claimed: Callable[[Claims], bool]) -> float:
    """Return the share of studies in which a claim is made."""
    chance = np.random.default_rng(5)
    return sum(claimed(world.study(chance)) for _ in range(STUDIES)) / STUDIES


def anything(claims: Claims) -> bool:
    """Whether a study claims anything."""
    parts, against = claims
    assert against is not None
    return any(part.stands != OPEN for part in parts) or is_significant(against.p_holm)


NOTHING = {
    "nothing at all": World(),
    "networks of their own, 1": World(own=1.0),
    "networks of their own, 3": World(own=3.0),
    "spreads rise from 0.3 to 3": World(seeds=lambda place: 0.3 + 0.34 * place),
    "the smallest spreads five times as much": World(seeds=lambda place: 5.0 if place == 0 else 1.0),
    "runs are lost": World(own=1.0, lost=0.4),
    "runs are lost and spreads are unequal": World(own=1.0, seeds=lambda place: 0.3 + 0.34 * place, lost=0.4),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_is_there_few_studies_claim_anything(name: str) -> None:
    assert share(NOTHING[name], anything) <= 0.06


@pytest.mark.slow
def test_a_plain_effect_of_depth_is_found() -> None:
    def found(claims: Claims) -> bool:
        parts, _ = claims
        return all(part.stands == "supported" for part in parts if part.claim == "depth")

    assert share(World(depth=6.0, own=0.5), found) >= 0.95


@pytest.mark.slow
def test_nothing_is_claimed_of_cardinality_where_depth_alone_matters() -> None:
    def false(claims: Claims) -> bool:
        parts, against = claims
        assert against is not None
        others = any(part.stands != OPEN for part in parts if part.claim == "cardinality")
        return others or is_significant(against.p_holm)

    assert share(World(depth=6.0, own=1.0), false) <= 0.06
