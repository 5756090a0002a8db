"""Contrasts of cell means and equivalence, against scipy and by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from depthlab.statistics import (
    Cell,
    contrast,
    equivalence,
    paired,
    seeds_to_reach,
    slope_weights,
    standard_error,
    upper_spread,
    variance_floor,
    welch,
)

A, B = (3.0, 4.5, 3.9, 4.4), (1.0, 9.0, 5.2)


def test_two_cells_are_welchs_test() -> None:
    found, welchs = contrast([Cell(A), Cell(B)], (1, -1)), stats.ttest_ind(A, B, equal_var=False)
    assert (found.t, found.df, found.p) == pytest.approx((welchs.statistic, welchs.df, welchs.pvalue))
    interval = welchs.confidence_interval(0.95)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high))


def test_a_slope_is_the_least_squares_one() -> None:
    places = [math.log2(depth) for depth in (20, 32, 44, 56)]
    cells = [Cell((1.0 * k, 2.0 * k, 4.0)) for k in range(4)]
    found = contrast(cells, slope_weights(places))
    assert found.difference == pytest.approx(stats.linregress(places, [cell.mean for cell in cells]).slope)


def test_cells_of_no_weight_have_no_say() -> None:
    assert contrast([Cell(A), Cell((1.0,)), Cell(B)], (1, 0, -1)) == contrast([Cell(A), Cell(B)], (1, -1))
    with pytest.raises(ValueError, match="zero"):
        contrast([Cell(A)], (0,))


def test_the_floor_by_hand() -> None:
    assert variance_floor([0.0, 0.0, 0.0], 1000) == pytest.approx(0.1**2 * 0.5)
    assert variance_floor([5.0], 1000) == pytest.approx(0.1**2 * 1.5)
    assert variance_floor([99.95], 1000) == pytest.approx(0.1**2 * 1.0)  # half an image is right
    assert variance_floor([5.0], 0) == 0
    assert Cell((0.0, 0.0), 100).variance == pytest.approx(0.5)


def test_equal_seeds_have_an_interval() -> None:
    flat = contrast([Cell((0.0, 0.0, 0.0), 359), Cell((0.0, 0.0, 0.0), 359)], (1, -1))
    assert flat.interval is not None and flat.interval.high == pytest.approx(
        stats.t.isf(0.025, 4) * math.sqrt(2 * 0.5 * (100 / 359) ** 2 / 3)
    )
    assert flat.p == pytest.approx(1)
    for compared in (welch, paired):
        interval = compared([0.0] * 3, [0.0] * 3, images=359).interval
        assert interval is not None and interval.high > 0.3


def test_without_spread_there_is_no_test() -> None:
    assert contrast([Cell((1.0, 1.0)), Cell((3.0, 3.0))], (1, -1)).method == "none"
    assert contrast([Cell((1.0,)), Cell((3.0, 4.0))], (1, -1)).method == "none"


def test_equivalence_is_two_one_sided_tests() -> None:
    found = equivalence(welch(A, B), 6.0)
    shifted = [
        stats.ttest_ind(np.array(A) + 6, B, equal_var=False, alternative="greater").pvalue,
        stats.ttest_ind(np.array(A) - 6, B, equal_var=False, alternative="less").pvalue,
    ]
    assert found.p == pytest.approx(max(shifted))


@pytest.mark.parametrize("margin", [0.1, 1.0, 3.0, 4.5, 10.0, 40.0])
def test_equivalent_is_where_the_interval_lies_within_the_margin(margin: float) -> None:
    found = equivalence(welch(A, B), margin)
    assert found.interval is not None and found.p is not None and found.interval.level == pytest.approx(0.9)
    assert (found.p < 0.05) == (-margin < found.interval.low and found.interval.high < margin)


def test_no_test_is_no_equivalence() -> None:
    found = equivalence(welch([1.0], [1.0, 2.0]), 5)
    assert found.p is None and found.interval is None
    with pytest.raises(ValueError, match="margin=0"):
        equivalence(welch(A, B), 0)


def test_the_standard_error_is_that_of_the_test() -> None:
    error = math.sqrt(np.var(A, ddof=1) / 4 + np.var(B, ddof=1) / 3)
    assert standard_error(welch(A, B)) == pytest.approx(error)


def test_a_spread_may_be_larger_than_what_was_seen() -> None:
    generator = np.random.default_rng(1)
    seen = generator.normal(0, 2.0, size=(20_000, 3)).std(axis=1, ddof=1)
    limits = np.array([upper_spread(std, 2) for std in seen[:5000]])
    assert np.mean(limits > 2.0) == pytest.approx(0.8, abs=0.02)


def test_seeds_to_reach_a_half_width() -> None:
    one = paired([1.0, 2.0, 4.0, 5.0], [0.0, 0.0, 0.0, 0.0])
    found = seeds_to_reach(0.5, one)
    assert found is not None and found[0] < found[1]
    n, error = found[0], standard_error(one)
    widths = [stats.t.isf(0.025, 3 * m / 4) * error * math.sqrt(4 / m) for m in (n - 1, n)]
    assert widths[0] > 0.5 >= widths[1]
    assert seeds_to_reach(100, one) == (2, 2) and seeds_to_reach(1e-6, one) is None
