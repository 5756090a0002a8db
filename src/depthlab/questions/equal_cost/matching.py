"""The network along an axis whose cost is nearest to a budget."""

from collections.abc import Callable

Costs = Callable[[int], float | None]  # of the network at a place along an axis; None where there is none

FARTHEST = 2**20  # places along an axis


def match_budget(costs: Costs, budget: float) -> int:
    """Return the place whose cost is nearest to the budget; of two that are equally near, the first.

    Places count from 0, and costs are taken to grow with them: places are doubled until one costs too much, then the
    last that does not is found by halving, so that few networks are built. Costs that were measured, such as times,
    may fall here and there: then the nearest of those that were looked at is returned. The same costs give the same
    place.

    Raises:
        ValueError: there is no network at place 0, or the budget is not a positive number.
    """
    if not 0 < budget < float("inf"):
        raise ValueError(f"budget={budget:g} can't be met: type a number above 0, or a multiple of the base such as 2x")
    seen: dict[int, float | None] = {}

    def cost_of(place: int) -> float | None:
        if place not in seen:
            seen[place] = costs(place)
        return seen[place]

    if cost_of(0) is None:
        raise ValueError("there is no network at the beginning of the axis")
    low, high = 0, 1
    while _affordable(cost_of(high), budget) and high < FARTHEST:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _affordable(cost_of(middle), budget):
            low = middle
        else:
            high = middle
    known = {place: cost for place, cost in seen.items() if cost is not None}
    return min(known, key=lambda place: (abs(known[place] - budget), place))


def _affordable(cost: float | None, budget: float) -> bool:
    """Whether there is such a network, and it costs less than the budget."""
    return cost is not None and cost < budget
