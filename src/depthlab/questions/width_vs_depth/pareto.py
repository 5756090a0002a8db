"""Which networks no other one beats in cost and error at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

DRAWS = 2000


def pareto_front(costs: Sequence[float], errors: Sequence[float]) -> tuple[int, ...]:
    """Return the places of the points that none dominates, by rising cost.

    A point dominates another if neither its cost nor its error is higher, and one of them is lower. Equal points do not
    dominate each other: both are on the front.
    """
    places = np.flatnonzero(_on_front(np.asarray(costs, dtype=float), np.asarray(errors, dtype=float)))
    return tuple(sorted(map(int, places), key=lambda place: costs[place]))


def front_shares(
    costs: Mapping[str, float], errors: Mapping[str, Sequence[float]], *, draws: int = DRAWS, seed: int = 0
) -> dict[str, float]:
    """Return for each network how often it is on the front of mean errors when its seeds are drawn anew.

    Seeds are drawn with replacement within each network (a bootstrap), so that a network which owes its place to a
    lucky seed has a share well below one. With one seed a network there is nothing to draw from: shares are 0 or 1.

    Args:
        costs: Of each network, in any unit.
        errors: Of each network, one a seed.
        draws: How many times.
        seed: The same one gives the same shares.
    """
    chance = np.random.default_rng(seed)
    means = np.empty((draws, len(costs)))
    for column, name in enumerate(costs):
        values = np.asarray(errors[name], dtype=float)
        means[:, column] = values[chance.integers(len(values), size=(draws, len(values)))].mean(axis=1)
    shares = _on_front(np.array(list(costs.values())), means).mean(axis=0)
    return {name: float(share) for name, share in zip(costs, shares, strict=True)}


def _on_front(costs: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which of n points none dominates, (..., n), for costs (n,) and errors (..., n)."""
    dearer, worse = costs[:, None] - costs, errors[..., :, None] - errors[..., None, :]
    dominated = (dearer >= 0) & (worse >= 0) & ((dearer > 0) | (worse > 0))
    return np.asarray(~dominated.any(axis=-1))
