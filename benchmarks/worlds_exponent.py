"""Studies of the exponent: networks as its default finds them, with a lesion of each kind in every run."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import final

import numpy as np
from worlds import Claims, World

from depthlab.questions.exponent.fit import compare_pieces, fit_all
from depthlab.questions.exponent.record import GROUPS, UNITS, ExponentRun, PieceLesion, PieceSet
from depthlab.questions.exponent.verdict import CARDINALITY, CONTRADICTED, DEPTH, SUPPORTED, correct, find_parts
from depthlab.statistics import is_significant

# units, cardinality, thousands of multiply-adds
SHAPES = (
    *((6, 4, 1429), (9, 4, 1933), (12, 4, 2437), (15, 4, 2940), (18, 4, 3444)),
    *((6, 6, 1974), (6, 8, 2519), (6, 10, 3063), (6, 11, 3336)),
)
OF_DEPTH, OF_CARDINALITY, AGAINST = "a part on depth", "a part on cardinality alone", "units against groups"
CLAIMS = (OF_DEPTH, OF_CARDINALITY, AGAINST)


@final
@dataclass(frozen=True)
class Lesions:
    """What rises and votes are drawn from: standard deviations, and how often a run is lost."""

    own: float = 0.0  # of networks, beside their seeds
    seeds: Callable[[int], float] = lambda place: 1.0  # of the runs of the network at a place
    lost: float = 0.0
    depth: float = 0.0  # by a doubling of the units: fall of the rise in points, and growth of the votes in doublings

    def study(self, seeds: int, chance: np.random.Generator) -> Claims:
        """Return which parts of the reading a study decides."""
        runs = []
        for place, (units, cardinality, cost) in enumerate(SHAPES):
            law = self.depth * math.log2(units)
            means = np.array([40 - law, 40 - law, 2 + law]) + self.own * chance.standard_normal(3)
            for seed in range(max(1, chance.binomial(seeds, 1 - self.lost))):
                unit, group, votes = map(float, means + self.seeds(place) * chance.standard_normal(3))
                runs.append(_run(units, cardinality, cost, seed, (unit, group), votes))
        parts, against = correct(find_parts(fit_all(runs)), compare_pieces(runs))
        decided = [part.claim for part in parts if part.stands in (SUPPORTED, CONTRADICTED)]
        return {
            OF_DEPTH: DEPTH in decided,
            OF_CARDINALITY: CARDINALITY in decided,
            AGAINST: against is not None and is_significant(against.p_holm),
        }


def _run(units: int, cardinality: int, cost: int, seed: int, rises: tuple[float, float], votes: float) -> ExponentRun:
    """Return a run with one lesion of each kind, with these rises in points and as many votes, in doublings."""
    effect = 64.0 / 2**votes
    pieces = [
        PieceSet(kind, (PieceLesion("1.2", False, 5.0 + rise, effect),), 1, (5.0 + rise,))
        for kind, rise in zip((UNITS, GROUPS), rises, strict=True)
    ]
    name = f"resnext {units} {cardinality}"
    sizes = (units, cardinality, 10 * cost, 1000 * cost)
    return ExponentRun(f"{name}/{seed}", name, "resnext", seed, *sizes, 5.0, 64.0, tuple(pieces))


def exponent_worlds() -> list[World]:
    """Return worlds in which nothing depends on depth or cardinality, and one in which depth alone matters."""

    def rising(place: int) -> float:
        return 0.3 + 0.34 * place

    nothing = {
        "nothing: seeds alone spread": Lesions(),
        "nothing: networks spread as much": Lesions(own=1.0),
        "nothing: networks spread three times as much": Lesions(own=3.0),
        "nothing: spreads rise from 0.3 to 3": Lesions(seeds=rising),
        "nothing: the smallest spreads five times as much": Lesions(seeds=lambda place: 5.0 if place == 0 else 1.0),
        "nothing: 40 % of the runs are lost": Lesions(own=1.0, lost=0.4),
        "nothing: lost runs and spreads that rise": Lesions(own=1.0, seeds=rising, lost=0.4),
    }
    depth = Lesions(depth=6.0, own=0.5)
    return [
        *(World("exponent", name, 3, partial(one.study, 3), CLAIMS) for name, one in nothing.items()),
        World("exponent", "depth alone matters", 3, partial(depth.study, 3), CLAIMS[1:]),
    ]
