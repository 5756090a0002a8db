"""Changes along the axes of a factorial: by hand, against scipy, and how often they find what is not there."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from depthlab.records import FactorialAxis
from depthlab.statistics import Factorial, change, factorial, variance_floor
from depthlab.statistics.factorial import ONE_SEED

AXES = (FactorialAxis("a", (0, 1)), FactorialAxis("b", (0.0, 0.3)), FactorialAxis("depth", (8, 20, 40)))
CELLS = list(product(range(2), range(2), range(3)))


def made(
    values: np.ndarray, lost: set[tuple[int, ...]] = frozenset(), twins: tuple[str, ...] = ("a", "b")
) -> Factorial:
    """Return the factorial of an array (2, 2, 3, seeds); `lost` has places and seeds of runs that are not there."""
    runs = [
        ({axis.name: axis.levels[place] for axis, place in zip(AXES, cell, strict=True)}, seed, values[(*cell, seed)])
        for cell in CELLS
        for seed in range(values.shape[-1])
        if (*cell, seed) not in lost
    ]
    return factorial(AXES, twins, runs)


def noise(seed: int, seeds: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(2, 2, 3, seeds))


def test_changes_are_differences_of_means_over_cells() -> None:
    values = noise(0)
    data, means = made(values), values.mean(axis=-1)
    assert change(data, "y", "a").difference == pytest.approx((means[1] - means[0]).mean())
    assert change(data, "y", "b", at={"depth": 20}).difference == pytest.approx(
        (means[:, 1, 1] - means[:, 0, 1]).mean()
    )
    apart = change(data, "y", "a", at={"depth": 40}, less={"depth": 8}).difference
    assert apart == pytest.approx(((means[1] - means[0])[:, 2] - (means[1] - means[0])[:, 0]).mean())


@pytest.mark.parametrize("seed", range(3))
def test_at_one_depth_a_change_is_the_paired_t_test_over_seeds(seed: int) -> None:
    values = noise(seed)
    found = change(made(values), "y", "a", at={"depth": 20})
    expected = stats.ttest_rel(values[1, :, 1].mean(axis=0), values[0, :, 1].mean(axis=0))
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue) and found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high))


def test_what_shares_no_weights_is_welchs_test() -> None:
    values = noise(1)
    found = change(made(values, twins=("b",)), "y", "a", at={"depth": 20, "b": 0.3})
    expected = stats.ttest_ind(values[1, 1, 1], values[0, 1, 1], equal_var=False)
    assert (found.p, found.comparison and found.comparison.df) == pytest.approx((expected.pvalue, expected.df))
    depths = change(made(values), "y", "depth", at={"a": 0, "b": 0.0})
    assert depths.p == pytest.approx(stats.ttest_ind(values[0, 0, 2], values[0, 0, 0], equal_var=False).pvalue)


def test_what_a_seed_adds_to_all_its_runs_of_a_depth_changes_nothing() -> None:
    values = noise(2)
    moved = values + np.random.default_rng(9).normal(scale=50, size=(1, 1, 3, 4))
    for at, less in (({}, {}), ({"depth": 20}, {}), ({"b": 0.3}, {"b": 0.0}), ({"depth": 40}, {"depth": 8})):
        one, other = (change(made(which), "y", "a", at=at, less=less) for which in (values, moved))
        assert other.p == pytest.approx(one.p) and other.difference == pytest.approx(one.difference)


def test_a_lost_run_takes_its_seed_out_at_its_depth() -> None:
    values = noise(3)
    found = change(made(values, {(1, 0, 1, 2)}), "y", "a")
    assert found.comparison is not None and sorted(found.comparison.n) == [3, 4, 4]
    kept = np.delete(values[:, :, 1], 2, axis=-1)
    elsewhere = (values[1] - values[0]).mean(axis=(0, 2))
    here = (kept[1] - kept[0]).mean()
    assert found.difference == pytest.approx((elsewhere[0] + here + elsewhere[2]) / 3)


def test_a_combination_without_two_runs_is_left_out_and_counted() -> None:
    values = noise(4)
    found = change(made(values, {(1, 0, 1, seed) for seed in range(3)}), "y", "a")
    assert (found.left_out, found.combinations) == (1, 6)
    differences = (values[1] - values[0]).mean(axis=-1)
    differences[0, 1] = np.nan
    assert found.difference == pytest.approx(np.nanmean(differences))
    assert change(made(values, {(1, 0, 1, 0)}), "y", "a").left_out == 0


def test_seeds_that_share_nothing_leave_no_test() -> None:
    lost = {(0, 0, 1, 0), (0, 1, 1, 1), (1, 0, 1, 2)}
    found = change(made(noise(5), lost), "y", "a")
    assert found.difference is not None and found.p is None
    assert found.comparison is not None and found.comparison.note == ONE_SEED
    assert change(made(noise(5), lost | {(1, 1, 1, 3)}), "y", "a").comparison is None
    assert change(made(noise(5, seeds=1)), "y", "a").p is None


def test_equal_counts_of_errors_have_the_spread_of_counts() -> None:
    values = np.zeros((2, 2, 3, 3))
    data = made(values)
    assert change(data, "y", "a").p is None
    floor = variance_floor([0.0], 100)
    found = change(Factorial(data.axes, data.twins, data.cells, dict.fromkeys(data.cells, floor)), "y", "a")
    half = stats.t.ppf(0.975, 6) * np.sqrt(12 / 36 * floor / 3)  # 12 cells of weight 1/6, at three depths
    assert found.interval is not None and found.interval.high == pytest.approx(half) and found.p == 1.0


def test_nothing_and_no_number_are_refused() -> None:
    with pytest.raises(ValueError, match="has no values"):
        factorial(AXES[:1], (), [])
    with pytest.raises(ValueError, match="not finite numbers"):
        factorial(AXES[:1], (), [({"a": 0}, 0, float("nan"))])
