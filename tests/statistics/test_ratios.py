"""Fieller's sets of quotients, against the test that they invert, and by how often they hold the truth."""

import math

import numpy as np
import pytest
from scipy import stats

from depthlab.records import Interval, Ratio
from depthlab.statistics import fieller_ratio


def p_of(quotient: float, a: float, b: float, covariance: np.ndarray, df: float) -> float:
    """The p of the t test that a is `quotient` times b."""
    weights = np.array([1.0, -quotient])
    return float(2 * stats.t.sf(abs(a - quotient * b) / math.sqrt(weights @ covariance @ weights), df))


@pytest.mark.parametrize("seed", range(60))
def test_the_set_is_what_the_t_test_keeps(seed: int) -> None:
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(2, 2))
    covariance, df = root @ root.T, int(generator.integers(1, 30))
    a, b = generator.normal(scale=6, size=2)
    found = fieller_ratio(a, b, covariance, df)
    assert found.value == pytest.approx(a / b)
    assert found.clear == (2 * stats.t.sf(abs(b) / math.sqrt(covariance[1, 1]), df) < 0.05)
    ends = found.interval or found.excluded
    for quotient in (*np.linspace(-20, 20, 81), *((1e6, -1e6) if ends else ())):
        kept = ends is None or (ends.low <= quotient <= ends.high) == (found.interval is not None)
        assert kept == (p_of(quotient, a, b, covariance, df) >= 0.05), quotient
    if ends is not None:
        for end in (ends.low, ends.high):
            assert p_of(end, a, b, covariance, df) == pytest.approx(0.05)


def test_all_three_shapes_are_among_them() -> None:
    none = [[1.0, 0.0], [0.0, 1.0]]
    assert fieller_ratio(10, 10, none, 100).interval is not None
    outside = fieller_ratio(10, 1, none, 100)
    assert (outside.clear, outside.interval) == (False, None)
    assert outside.excluded is not None and outside.excluded.low < 0 < outside.excluded.high
    assert fieller_ratio(1, 1, none, 100) == Ratio(1.0, False)
    assert fieller_ratio(1, 0, none, 100) == Ratio(None, False)


def test_without_noise_below_it_is_students_interval() -> None:
    found = fieller_ratio(6.0, 2.0, [[0.25, 0.0], [0.0, 0.0]], 7)
    half = stats.t.ppf(0.975, 7) * 0.5
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx(((6 - half) / 2, (6 + half) / 2))


@pytest.mark.parametrize("below", [0.5, 2.0, 8.0])
def test_the_set_holds_the_truth_as_often_as_it_says(below: float) -> None:
    """Also where it is often unbounded, which no interval of finite width can do (Gleser and Hwang, 1987)."""
    generator = np.random.default_rng(3)
    truth, covariance, df, held, bounded = 1.5, np.array([[1.0, 0.3], [0.3, 1.0]]), 12, 0, 0
    for _ in range(2000):
        a, b = generator.multivariate_normal([truth * below, below], covariance)
        estimated = covariance * generator.chisquare(df) / df
        found = fieller_ratio(a, b, estimated, df)
        bounded += found.interval is not None
        ends = found.interval or found.excluded
        held += ends is None or (ends.low <= truth <= ends.high) == (found.interval is not None)
    assert held / 2000 == pytest.approx(0.95, abs=0.02)
    assert (bounded / 2000 < 0.2) if below == 0.5 else (bounded > 0)


def test_the_other_way_round_has_the_inverse_ends() -> None:
    there = fieller_ratio(6, 9, [[0.4, 0.1], [0.1, 0.5]], 9).interval
    back = fieller_ratio(9, 6, [[0.5, 0.1], [0.1, 0.4]], 9).interval
    assert there is not None and back is not None
    assert (back.low, back.high) == pytest.approx((1 / there.high, 1 / there.low))


def test_units_above_scale_the_set_and_the_level_widens_it() -> None:
    covariance = [[0.4, 0.1], [0.1, 0.5]]
    one = fieller_ratio(6, 9, covariance, 9)
    tenfold = fieller_ratio(60, 9, [[40.0, 1.0], [1.0, 0.5]], 9)
    wide = fieller_ratio(6, 9, covariance, 9, 0.99)
    assert one.interval is not None and wide.interval is not None
    assert tenfold.interval is not None
    assert (tenfold.interval.low, tenfold.interval.high) == pytest.approx(
        (10 * one.interval.low, 10 * one.interval.high)
    )
    assert wide.interval.low < one.interval.low < one.interval.high < wide.interval.high
    with pytest.raises(ValueError, match="level"):
        fieller_ratio(6, 9, covariance, 9, 95)


def test_it_is_the_interval_of_a_calibration_line() -> None:
    """Where a fitted line crosses a height: the set by inverting confidence bands of scipy's line."""
    x = np.arange(8.0)
    y = 3 + 2 * x + np.array([0.3, -0.5, 0.2, 0.4, -0.6, 0.1, 0.3, -0.2])
    line, height = stats.linregress(x, y), 10.0
    design = np.column_stack([np.ones(8), x])
    residual = y - design @ [line.intercept, line.slope]
    covariance = np.linalg.inv(design.T @ design) * (residual @ residual / 6)
    found = fieller_ratio(
        height - line.intercept,
        line.slope,
        [[covariance[0, 0], -covariance[0, 1]], [-covariance[0, 1], covariance[1, 1]]],
        6,
    )
    assert found.interval is not None
    for end in (found.interval.low, found.interval.high):
        at = np.array([1.0, end])
        half = stats.t.ppf(0.975, 6) * math.sqrt(at @ covariance @ at)
        assert abs(line.intercept + line.slope * end - height) == pytest.approx(half)
    assert isinstance(found.interval, Interval)
