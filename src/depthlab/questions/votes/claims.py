"""The few comparisons that claims rest on: corrected for their number, and two ways shown to err alike.

A family asks one thing of all networks, such as whether ensembles of independent ones gain. It makes its claims at one
size: the largest, and of independent networks the largest that leaves half of them out, as the jackknife errs far
towards no claim beyond. Those p-values are Holm's over the family. All other intervals are told, each for itself, in
the table of comparisons.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from scipy import stats

from depthlab.questions.grouping import grouped
from depthlab.questions.votes.contrasts import BY_GEOMETRIC, INDEPENDENT, MEASURES, MORE, TWIN, every_contrast
from depthlab.questions.votes.record import DEPTH, DROPOUT, ERROR, LOSS, SNAPSHOTS, VoteContrast, VotesRecord
from depthlab.statistics import claim_level, corrected, equivalence, variance_floor

CLAIMED = {  # measures by which each family makes claims
    **{DROPOUT: MEASURES, DEPTH: MEASURES, BY_GEOMETRIC: (LOSS,)},
    **{SNAPSHOTS: (ERROR,), TWIN: (ERROR,), INDEPENDENT: (ERROR,), MORE: (ERROR,)},
}


def contrasts(record: VotesRecord) -> tuple[VoteContrast, ...]:
    """Return every comparison, those that claims rest on corrected, and tested for equivalence where that is asked."""
    families = grouped(every_contrast(record), lambda one: one.family)
    found = [one for family in families.values() for one in _corrected(family)]
    return tuple(_equivalent(found, record.margin))


def claims_of(family: Sequence[VoteContrast]) -> list[VoteContrast]:
    """Return those comparisons of a family that claims rest on, or would with more seeds."""
    sides = grouped(family, lambda one: (one.network, one.b)).values()
    return [
        one for side in sides for one in side if one.members == _claim_size(side) and one.measure in CLAIMED[one.family]
    ]


def least_half_width(one: VoteContrast, images: int, level: float) -> float:
    """Return the half-width, in points, of the narrowest interval by which a test of equivalence could decide.

    Seeds that agree to the image still leave it, as a variance is at least `variance_floor`.
    """
    n = min(one.comparison.n)
    floor = sum(variance_floor([mean], images) for mean in (one.mean_a, one.mean_b))
    return float(stats.t.isf((1 - level) / 2, n - 1)) * math.sqrt(floor / n)


def _claim_size(same: Sequence[VoteContrast]) -> int:
    sizes, networks = [one.members for one in same], same[0].comparison.n[1]
    if same[0].family in (INDEPENDENT, MORE):
        return max((size for size in sizes if 2 * size <= networks + 1), default=min(sizes))
    return max(sizes)


def _corrected(family: Sequence[VoteContrast]) -> list[VoteContrast]:
    claims = claims_of(family)
    found = dict(zip(map(id, claims), corrected(one.comparison for one in claims), strict=True))
    return [replace(one, comparison=told[0], p_holm=told[1]) if (told := found.get(id(one))) else one for one in family]


def _equivalent(found: Sequence[VoteContrast], margin: float) -> list[VoteContrast]:
    """Return the comparisons, those of sampled networks in error with their tests of equivalence.

    The largest ensemble is tested first, then smaller ones, down to the first that isn't shown to be equivalent: in
    that order, fixed in advance, each is tested at the full level (Maurer et al. 1995). With several networks of one
    method the level is divided by their number (Bonferroni).
    """
    tested = [one for one in found if one.measure == ERROR and one.family in (DROPOUT, DEPTH)]
    judged: dict[int, VoteContrast] = {}
    for method in grouped(tested, lambda one: one.family).values():
        networks = grouped(method, lambda one: one.network).values()
        for network in networks:
            equivalent, alpha = True, claim_level() / len(networks)
            for one in sorted(network, key=lambda one: -one.members):
                test = equivalence(one.comparison, margin, alpha)
                equivalent = equivalent and test.p is not None and test.p < alpha
                judged[id(one)] = replace(one, equivalence=test, equivalent=equivalent)
    return [judged.get(id(one), one) for one in found]
