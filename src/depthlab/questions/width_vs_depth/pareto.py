"""Which networks no other one beats in cost and error at once."""

from collections.abc import Mapping, Sequence

import numpy as np

DRAWS = 2000


def pareto_front(costs: Sequence[float], errors: Sequence[float]) -> tuple[int, ...]:
    """Return the places of the points that none dominates, by rising cost.

    A point dominates another if neither its cost nor its error is higher, and one of them is lower. Equal points
    dominate each other not: both are on the front.
    """
    assert len(costs) == len(errors), f"{len(costs)} costs for {len(errors)} errors"
    front: list[int] = []
    for place in sorted(range(len(costs)), key=lambda place: (costs[place], errors[place], place)):
        last = front[-1] if front else None
        # by rising cost, the last one on the front has the lowest error so far
        same = last is not None and (costs[last], errors[last]) == (costs[place], errors[place])
        if last is None or errors[place] < errors[last] or same:
            front.append(place)
    return tuple(front)


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
    names = list(costs)
    chance = np.random.default_rng(seed)
    means = np.empty((draws, len(names)))
    for column, name in enumerate(names):
        values = np.asarray(errors[name], dtype=float)
        means[:, column] = values[chance.integers(len(values), size=(draws, len(values)))].mean(axis=1)
    counts = np.zeros(len(names))
    for row in means:
        counts[list(pareto_front([costs[name] for name in names], row.tolist()))] += 1
    return {name: float(count) / draws for name, count in zip(names, counts, strict=True)}
