"""What a trained network loses by lesions: each deletion, random ones together, and units that trade places."""

import math
import time
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from scipy import stats
from torch import Tensor, nn

from depthlab.measures.lesions import LesionSites, find_lesion_sites, without
from depthlab.nn import Network
from depthlab.questions.lesion.measure.errors import Batch, ErrorCounts, count_errors
from depthlab.questions.lesion.record import Deletion, Lesions, Reordering

SWAPS = tuple(range(1, 11))  # as many as Veit et al. 2016 have in Fig. 5 (b)
_MOST_COUNTS = 16  # numbers of deletions that are drawn

Kind = Literal["all", "inner"]


def measure_lesions(
    network: nn.Module,
    batches: Iterable[Batch],
    draw_batches: Iterable[Batch],
    *,
    draws: int,
    estimation: Sequence[Tensor] | None = None,
) -> Lesions:
    """Return the errors of a network after lesions (Veit et al. 2016, arXiv 1605.06431, sec. 4.1 to 4.3).

    Each site is deleted by itself; then 1, 2, ... of them together, drawn among all of them and among those that are
    no transitions; then units of the same stage and shape trade places, 1, 2, ... random pairs one after the other.
    Draws depend on their number alone and not on the network: two networks of the same form lose the same units.

    Args:
        network: Of any family, in any mode; it is as it was in the end.
        batches: Normalized images and labels on the network's device, for single deletions.
        draw_batches: Those that draws are measured on.
        draws: How many for each number of deletions and of swaps; 0 for single deletions alone.
        estimation: Batches of training images to estimate batch norm's statistics on after each lesion; None keeps
            those that were trained.

    Raises:
        ValueError: it is a person's own network, without units.
    """
    begun = time.monotonic()
    batches = iter(batches)
    first = next(batches)
    possible = find_lesion_sites(network, first[0])
    assert isinstance(network, Network)
    units = list(network.units())
    single = [without(units, possible, [site]) for site in possible.sites]
    singles = count_errors(network, single, _chain(first, batches), estimation=estimation)
    every = _draw_deletions(possible, "all", draws)
    inner = _draw_deletions(possible, "inner", draws) if any(one.transition for one in possible.sites) else []
    orders = _draw_orders(possible, len(units), draws)
    found = ErrorCounts(0, singles.whole, ())
    if every or orders:
        lesions = [without(units, possible, [possible.sites[i] for i in one[2]]) for one in (*every, *inner)]
        lesions += [[units[place] for place in order] for _, _, order in orders]
        found = count_errors(network, lesions, draw_batches, estimation=estimation)
    errors = iter(found.each)
    return Lesions(
        error=singles.whole,
        draw_error=found.whole,
        single_images=singles.images,
        draw_images=found.images,
        stages=len(network.stages),
        units=len(units),
        sites=possible.sites,
        fixed_units=possible.fixed_units,
        singles=singles.each,
        deletions=tuple(Deletion(*one, next(errors)) for one in every),
        inner_deletions=tuple(Deletion(*one, next(errors)) for one in inner),
        reorderings=tuple(Reordering(swaps, draw, _tau(order), next(errors)) for swaps, draw, order in orders),
        seconds=time.monotonic() - begun,
    )


def counts_to_draw(sites: int) -> tuple[int, ...]:
    """Return how many sites are deleted together: 1, 2, ... all; where there are many, fewer numbers later on."""
    if sites <= _MOST_COUNTS:
        return tuple(range(1, sites + 1))
    dense = _MOST_COUNTS // 2
    sparse = np.linspace(dense, sites, dense + 1).round().astype(int)[1:].tolist()
    return (*range(1, dense + 1), *sparse)


def draw_sites(candidates: Sequence[int], count: int, draw: int) -> tuple[int, ...]:
    """Return `count` of the candidates, the same ones for the same numbers."""
    chosen = np.random.default_rng([count, draw]).choice(len(candidates), size=count, replace=False)
    return tuple(candidates[index] for index in sorted(chosen.tolist()))


def draw_order(movable: Sequence[Sequence[int]], units: int, swaps: int, draw: int) -> tuple[int, ...]:
    """Return the order of units after random pairs have traded places, each pair within one of the lists."""
    pairs = [(a, b) for places in movable for i, a in enumerate(places) for b in places[i + 1 :]]
    order = list(range(units))
    generator = np.random.default_rng([swaps, draw])
    for index in generator.integers(len(pairs), size=swaps).tolist() if pairs else ():
        a, b = pairs[index]
        order[a], order[b] = order[b], order[a]
    return tuple(order)


def _draw_deletions(possible: LesionSites, kind: Kind, draws: int) -> list[tuple[int, int, tuple[int, ...]]]:
    candidates = [i for i, site in enumerate(possible.sites) if kind == "all" or not site.transition]
    return [
        (count, draw, draw_sites(candidates, count, draw))
        for count in (counts_to_draw(len(candidates)) if draws else ())
        for draw in range(min(draws, math.comb(len(candidates), count)))  # of all there is one
    ]


def _draw_orders(possible: LesionSites, units: int, draws: int) -> list[tuple[int, int, tuple[int, ...]]]:
    if not any(len(places) > 1 for places in possible.movable):
        return []
    return [(swaps, draw, draw_order(possible.movable, units, swaps, draw)) for swaps in SWAPS for draw in range(draws)]


def _tau(order: Sequence[int]) -> float:
    """Return Kendall's tau between an order and the one that it came from."""
    return float(stats.kendalltau(range(len(order)), order).statistic)


def _chain(first: Batch, rest: Iterable[Batch]) -> Iterable[Batch]:
    yield first
    yield from rest
