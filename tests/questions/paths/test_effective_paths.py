"""Which lengths carry the gradient."""

import math
from math import comb

import pytest

from depthlab.questions.paths.effective_paths import find_effective, shortest_range, weigh
from depthlab.questions.paths.record import PathGradients, SampledLength


def decaying(n: int, factor: float, *, draws: int = 3, noise: float = 0.0) -> PathGradients:
    """Return what is found where each branch multiplies the norm by `factor`: the product is a binomial again."""
    lengths = tuple(
        SampledLength(
            k, comb(n, k), 10, tuple(factor**k * (1 + noise * d) for d in range(draws)), (1.0,) * draws, 0.0, 0.1, 0
        )
        for k in range(n + 1)
    )
    return PathGradients("branches", 2, draws, lengths, 1.0, 1.0)


def test_a_decay_shifts_a_binomial() -> None:
    """C(n, k) q^k is in proportion to a binomial of chance q / (1 + q), whose mean is n q / (1 + q)."""
    found = find_effective(decaying(54, 0.25))
    assert found is not None
    assert found.mean == pytest.approx(54 * 0.2) and sum(found.weights) == pytest.approx(1)
    assert found.low <= 10.8 <= found.high and 0.95 <= found.carried <= 1
    assert found.paths == pytest.approx(sum(comb(54, k) for k in range(found.low, found.high + 1)) / 2**54)
    assert found.slope == pytest.approx(-0.60206, abs=1e-5)  # log10 0.25
    inside = found.weights[found.low + 1 : found.high + 1], found.weights[found.low : found.high]
    assert all(sum(weights) < 0.95 for weights in inside)


def test_without_decay_the_effective_paths_are_the_many() -> None:
    found = find_effective(decaying(20, 1.0), carried=0.5)
    assert found is not None and found.mean == pytest.approx(10) and found.paths == pytest.approx(found.carried)


def test_norms_add_up_to_many_times_the_gradient() -> None:
    """A unit that multiplies norms by q makes (1 + q)^n of them, by the whole gradient's norm of 1."""
    found, huge = find_effective(decaying(10, 0.5)), find_effective(decaying(2000, 1.0))
    assert found is not None and found.times_whole == pytest.approx(1.5**10)
    assert huge is not None and huge.times_whole == math.inf and huge.mean == pytest.approx(1000)


@pytest.mark.parametrize(
    ("weights", "share", "expected"),
    [
        ([0.1, 0.2, 0.4, 0.2, 0.1], 0.8, (1, 3)),
        ([0.1, 0.2, 0.4, 0.2, 0.1], 1.0, (0, 4)),
        ([0.96, 0.02, 0.02], 0.95, (0, 0)),
        ([0.5, 0.0, 0.5], 0.95, (0, 2)),
        ([0.25, 0.25, 0.25, 0.25], 0.5, (0, 1)),
        ([-0.2, 0.5, 0.8, -0.1], 0.95, (1, 2)),
    ],
)
def test_the_shortest_range(weights: list[float], share: float, expected: tuple[int, int]) -> None:
    found = shortest_range(range(2, 2 + len(weights)), [1] * len(weights), weights, share)
    assert (found.low - 2, found.high - 2) == expected
    assert found.carried == pytest.approx(sum(weights[expected[0] : expected[1] + 1]))
    assert found.paths == pytest.approx((expected[1] - expected[0] + 1) / len(weights))


def test_numbers_of_paths_may_be_larger_than_any_float() -> None:
    assert weigh([10**400, 3 * 10**400], [3.0, 1.0]) == pytest.approx([0.5, 0.5])
    assert weigh([1, 2], [0.0, 0.0]) is None


def test_no_gradient_no_lengths() -> None:
    assert find_effective(decaying(3, 0.0, draws=2)) is not None  # the path of skips carries all
    silent = tuple(SampledLength(k, 1, 1, (0.0,), (0.0,), None, None, 1) for k in range(3))
    assert find_effective(PathGradients("branches", 1, 1, silent, 0.0, 0.0)) is None
