"""Which lengths of paths carry the gradient: the number of paths times the mean norm along one (Veit et al. 2016)."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from depthlab.questions.paths.record import Effective, PathGradients
from depthlab.statistics import LEVEL, t_interval

CARRIED = 0.95
LEAST_SLOPE = 3  # lengths that a line is laid through


def find_effective(found: PathGradients, carried: float = CARRIED) -> Effective | None:
    """Return the shortest range of lengths that carries this share of the product, and what it is of all paths.

    The product is that of Veit et al. 2016, Fig. 6 (c): at each length the number of paths times the mean norm of the
    gradient along one, here at the input of the first unit. Gradients along different paths may cancel: a sum of norms
    is no norm of the sum. None where no gradient arrives at all.

    Args:
        found: Norms by length, with means for each draw of paths, over which intervals are told.
        carried: A share above 0 and up to 1.
    """
    paths = [one.paths for one in found.lengths]
    norms = np.array([one.at_stack for one in found.lengths])  # (lengths, draws)
    weights = weigh(paths, norms.mean(axis=1).tolist())
    if weights is None:
        return None
    lengths = [one.length for one in found.lengths]
    first, last = shortest_range(weights, carried)
    draws = [weigh(paths, column.tolist()) for column in norms.T]
    means = [_center(lengths, one) for one in draws if one is not None]
    slopes = [slope for column in norms.T if (slope := _slope(lengths, column.tolist(), first, last)) is not None]
    return Effective(
        by=found.by,
        carried=sum(weights[first : last + 1]),
        low=lengths[first],
        high=lengths[last],
        paths=float(Fraction(sum(paths[first : last + 1]), sum(paths))),
        mean=_center(lengths, weights),
        weights=tuple(weights),
        mean_interval=t_interval(means, LEVEL),
        slope=_slope(lengths, norms.mean(axis=1).tolist(), first, last),
        slope_interval=t_interval(slopes, LEVEL) if slopes else None,
    )


def weigh(paths: Sequence[int], norms: Sequence[float]) -> list[float] | None:
    """Return the number of paths times the norm at each length, summed to 1; None where all is zero or unknown."""
    largest = max(paths)
    products = [float(Fraction(count, largest)) * norm for count, norm in zip(paths, norms, strict=True)]
    total = math.fsum(products)
    return [product / total for product in products] if 0 < total < math.inf else None


def shortest_range(weights: Sequence[float], share: float) -> tuple[int, int]:
    """Return the first and the last place of the shortest run of places that has the share; the first of equals.

    Of runs of the same length the one with more weight counts as shorter.
    """
    assert 0 < share <= 1
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    for size in range(1, len(weights) + 1):
        carried = sums[size:] - sums[:-size]
        first = int(carried.argmax())
        if carried[first] >= share - 1e-12:
            return first, first + size - 1
    return 0, len(weights) - 1


def _center(lengths: Sequence[int], weights: Sequence[float]) -> float:
    return math.fsum(length * weight for length, weight in zip(lengths, weights, strict=True))


def _slope(lengths: Sequence[int], norms: Sequence[float], first: int, last: int) -> float | None:
    """Return the least-squares slope of log10 norm against length, over the range; None where it has too few points."""
    points = [
        (length, math.log10(norm))
        for length, norm in list(zip(lengths, norms, strict=True))[first : last + 1]
        if norm > 0
    ]
    if len(points) < LEAST_SLOPE:
        return None
    x, y = np.array(points).T
    return float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
