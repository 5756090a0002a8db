"""The solver is never worse than trying everything, and says by how much it misses."""

import random

import pytest

from depthlab.questions.equal_cost.matching import match_budget

pytestmark = pytest.mark.slow


def costs_of(costs: list[float]):
    return lambda place: costs[place] if place < len(costs) else None


def rising(chance: random.Random) -> list[float]:
    costs = [chance.uniform(1, 5)]
    for _ in range(chance.randrange(40)):
        costs.append(costs[-1] + chance.choice([0.0, 0.5, chance.uniform(0, 9)]))
    return costs


@pytest.mark.parametrize("seed", range(100))
def test_no_place_is_nearer(seed: int) -> None:
    chance = random.Random(seed)
    costs = rising(chance)
    budget = chance.choice([*costs, chance.uniform(0.1, 1.5 * costs[-1])])
    found = costs[match_budget(costs_of(costs), budget)]
    assert abs(found - budget) == min(abs(cost - budget) for cost in costs)


@pytest.mark.parametrize("seed", range(20))
def test_a_larger_budget_buys_no_smaller_network(seed: int) -> None:
    chance = random.Random(seed)
    costs = rising(chance)
    budgets = sorted(chance.uniform(0.1, 1.2 * costs[-1]) for _ in range(10))
    matched = [costs[match_budget(costs_of(costs), budget)] for budget in budgets]
    assert matched == sorted(matched)


def test_few_networks_are_built() -> None:
    looked: list[int] = []

    def costs(place: int) -> float:
        looked.append(place)
        return 100.0 + place

    assert match_budget(costs, 1100.4) == 1000
    assert len(looked) == len(set(looked)) < 25


def test_of_two_that_are_equally_near_the_first_is_taken() -> None:
    assert match_budget(costs_of([1.0, 3.0]), 2.0) == 0
    assert match_budget(costs_of([1.0, 1.0, 1.0, 2.0, 2.0, 3.0]), 2.0) == 3


def test_costs_that_fall_here_and_there_give_the_nearest_that_was_seen() -> None:
    times = [1.0, 2.1, 1.9, 4.2, 3.8, 6.0, 5.5, 8.0, 9.0]
    found = match_budget(costs_of(times), 4.0)
    assert found == match_budget(costs_of(times), 4.0)
    assert abs(times[found] - 4.0) < 0.25


@pytest.mark.parametrize("budget", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_is_a_positive_number(budget: float) -> None:
    with pytest.raises(ValueError, match="type a number above 0, or a multiple"):
        match_budget(costs_of([1.0]), budget)


def test_an_axis_without_a_beginning_is_told() -> None:
    with pytest.raises(ValueError, match="beginning of the axis"):
        match_budget(costs_of([]), 1.0)
