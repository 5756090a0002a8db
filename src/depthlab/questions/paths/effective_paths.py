"""Which lengths of paths carry the gradient, by weights such as number of paths times norm (Veit et al. 2016)."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from depthlab.questions.paths.record import Effective, PathGradients

CARRIED = 0.95
LEAST_SLOPE = 3  # lengths that a line is laid through


@final
@dataclass(frozen=True)
class LengthRange:
    """Lengths in a row, the share of the weights that they carry, and what they are of all paths."""

    low: int
    high: int
    carried: float
    paths: float


def shortest_range(
    lengths: Sequence[int], paths: Sequence[int], weights: Sequence[float], share: float = CARRIED
) -> LengthRange:
    """Return the shortest row of lengths with this share of the weights; of rows as long, that with most of them.

    Weights add up to 1 and may be negative.
    """
    assert 0 < share <= 1
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    for size in range(1, len(lengths) + 1):
        carried = sums[size:] - sums[:-size]
        first = int(carried.argmax())
        if carried[first] >= share - 1e-9 or size == len(lengths):
            part = float(Fraction(sum(paths[first : first + size]), sum(paths)))
            return LengthRange(lengths[first], lengths[first + size - 1], float(carried[first]), part)
    raise AssertionError("all lengths together have all of it")


def find_effective(found: PathGradients, carried: float = CARRIED) -> Effective | None:
    """Return the shortest range of lengths that carries this share of the product, and what it is of all paths.

    The product is that of Veit et al. 2016, Fig. 6 (c): at each length the number of paths times the mean norm of the
    gradient along one, here at the input of the first unit. Gradients along different paths cancel, so that these norms
    add up to many times the gradient. None where no gradient arrives at all.

    Args:
        found: Norms by length, a mean for each draw of paths.
        carried: A share above 0 and up to 1.
    """
    lengths, paths = [one.length for one in found.lengths], [one.paths for one in found.lengths]
    norms = [sum(one.at_stack) / len(one.at_stack) for one in found.lengths]
    weights = weigh(paths, norms)
    if weights is None:
        return None
    most = shortest_range(lengths, paths, weights, carried)
    return Effective(
        by=found.by,
        carried=most.carried,
        low=most.low,
        high=most.high,
        paths=most.paths,
        mean=math.fsum(length * weight for length, weight in zip(lengths, weights, strict=True)),
        weights=tuple(weights),
        slope=_slope([(k, norm) for k, norm in zip(lengths, norms, strict=True) if most.low <= k <= most.high]),
        times_whole=_total(paths, norms) / found.full_at_stack if found.full_at_stack else None,
    )


def weigh(paths: Sequence[int], norms: Sequence[float]) -> list[float] | None:
    """Return the number of paths times the norm at each length, summed to 1; None where all is zero or unknown."""
    largest = max(paths)
    products = [float(Fraction(count, largest)) * norm for count, norm in zip(paths, norms, strict=True)]
    total = math.fsum(products)
    return [product / total for product in products] if 0 < total < math.inf else None


def _total(paths: Sequence[int], norms: Sequence[float]) -> float:
    """Return the sum of the products; infinite where it is more than any float."""
    try:
        return float(sum(count * Fraction(norm) for count, norm in zip(paths, norms, strict=True)))
    except OverflowError:
        return math.inf


def _slope(points: Sequence[tuple[int, float]]) -> float | None:
    """Return the least-squares slope of log10 norm against length; None where it has too few points."""
    there = [(length, math.log10(norm)) for length, norm in points if norm > 0]
    if len(there) < LEAST_SLOPE:
        return None
    return float(statistics.linear_regression(*zip(*there, strict=True)).slope)
