"""The front, against looking at all pairs."""

import random

import pytest

from depthlab.questions.width_vs_depth.pareto import front_shares, pareto_front


def by_force(costs: list[float], errors: list[float]) -> set[int]:
    points = list(zip(costs, errors, strict=True))
    return {
        place
        for place, (cost, error) in enumerate(points)
        if not any(c <= cost and e <= error and (c, e) != (cost, error) for c, e in points)
    }


@pytest.mark.parametrize("seed", range(100))
def test_the_front_is_that_of_all_pairs(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randrange(12)
    costs = [float(chance.randrange(6)) for _ in range(count)]
    errors = [float(chance.randrange(6)) for _ in range(count)]
    front = pareto_front(costs, errors)
    assert set(front) == by_force(costs, errors) and len(set(front)) == len(front)
    assert [costs[place] for place in front] == sorted(costs[place] for place in front)


def test_shares_tell_a_lucky_place_from_a_sure_one() -> None:
    costs = {"a": 1.0, "b": 2.0, "c": 3.0}
    errors = {"a": [5.0, 5.1, 4.9], "b": [4.8, 5.6, 5.0], "c": [1.0, 1.1, 0.9]}
    shares = front_shares(costs, errors)
    assert shares["a"] == shares["c"] == 1
    assert 0.05 < shares["b"] < 0.6
    assert shares == front_shares(costs, errors)


def test_one_seed_gives_no_more_than_the_front_itself() -> None:
    assert front_shares({"a": 1.0, "b": 2.0}, {"a": [3.0], "b": [4.0]}) == {"a": 1.0, "b": 0.0}
