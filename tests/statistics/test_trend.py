"""The trend test against every arrangement counted one by one, against tables, and where it can't be exact."""

import itertools
import math

import numpy as np
import pytest

from depthlab.statistics import failure_limit, jonckheere, least_trend_p
from depthlab.statistics import trend as module


def counted(groups: list[list[float]]) -> tuple[float, float]:
    """Return J and its two-sided p by counting all permutations."""

    def statistic(values: tuple[float, ...]) -> float:
        dealt, start = [], 0
        for group in groups:
            dealt.append(values[start : start + len(group)])
            start += len(group)
        pairs = ((x, y) for a, b in itertools.combinations(dealt, 2) for x in a for y in b)
        return sum((x < y) + 0.5 * (x == y) for x, y in pairs)

    values = tuple(value for group in groups for value in group)
    seen = statistic(values)
    every = np.array([statistic(order) for order in itertools.permutations(values)])
    return seen, min(1.0, 2 * min((every >= seen).mean(), (every <= seen).mean()))


@pytest.mark.parametrize(
    "groups",
    [
        [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
        [[0.0, 0.0], [0.0, 1.0], [1.0, 2.0]],
        [[5.0], [4.0, 4.0], [1.0, 4.0, 2.0]],
        [[1.0, 2.0, 3.0], [2.0, 9.0, math.inf, math.inf]],
        [[0.0, 0.0], [0.0, 0.0]],
    ],
)
def test_it_is_the_share_of_all_arrangements(groups: list[list[float]]) -> None:
    found, (statistic, p) = jonckheere(groups), counted(groups)
    assert found.statistic == statistic
    assert found.p == pytest.approx(p, rel=1e-12)
    assert found.method == "exact"


def test_a_published_example() -> None:
    """Hollander and Wolfe, Nonparametric Statistical Methods, example 6.2: J = 79, P = 0.021 with its ties."""
    control, group_b, group_c = [40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42], [48, 40, 45, 43, 46, 44]
    found = jonckheere([control, group_b, group_c])
    assert found.statistic == 79
    assert found.p / 2 == pytest.approx(0.021, abs=0.0005)


def test_turned_around_it_is_the_same_evidence_for_the_opposite() -> None:
    groups = [[1.0, 2.0, 2.0], [2.0, 3.0], [2.5, 4.0, 0.0]]
    there, back = jonckheere(groups), jonckheere(groups[::-1])
    assert there.p == pytest.approx(back.p)
    assert there.probability == pytest.approx(1 - back.probability)


def test_the_smallest_p_of_a_design() -> None:
    assert least_trend_p((3, 3)) == pytest.approx(0.1)
    assert least_trend_p((2, 2, 2, 2)) == pytest.approx(2 / 2520)
    assert jonckheere([[1, 2, 3], [4, 5, 6]]).p == pytest.approx(least_trend_p((3, 3)))
    assert jonckheere([[1, 2, 3], [4, 5, 6]]).probability == 1


def test_what_diverged_is_the_worst_and_more_of_it_is_more_evidence() -> None:
    one = jonckheere([[1.0, 1.1, 1.2], [1.0, 1.1, math.inf]])
    two = jonckheere([[1.0, 1.1, 1.2], [1.0, math.inf, math.inf]])
    assert two.p < one.p and two.probability > one.probability


def test_random_arrangements_agree_with_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [[0.0, 0.0, 1.0], [1.0, 0.0, 2.0], [1.0, 3.0, 0.0]]
    exact = jonckheere(groups)
    monkeypatch.setattr(module, "MOST_STATES", 1)
    found = jonckheere(groups)
    assert found.method == "20,000 random arrangements"
    assert found.p == pytest.approx(exact.p, abs=4 * math.sqrt(exact.p / 20_000))
    assert jonckheere(groups) == found


@pytest.mark.slow
def test_false_trends_are_as_rare_as_claimed() -> None:
    generator = np.random.default_rng(0)
    studies = [jonckheere(generator.normal(size=(4, 3))).p for _ in range(400)]
    assert np.mean(np.array(studies) < 0.05) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_a_rate_that_no_failure_allows() -> None:
    assert failure_limit(3) == pytest.approx(0.632, abs=0.001)  # (1 - 0.632)³ = 0.05


def test_what_is_no_trend() -> None:
    with pytest.raises(ValueError, match="two groups"):
        jonckheere([[1.0, 2.0], []])
    with pytest.raises(ValueError, match="NaN"):
        jonckheere([[1.0], [math.nan]])
