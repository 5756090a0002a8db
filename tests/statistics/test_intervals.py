"""Summaries and intervals of one sample, against scipy, textbooks and what must always hold."""

import math

import numpy as np
import pytest
from scipy import stats

from depthlab.records import Interval, Summary
from depthlab.statistics import bootstrap_interval, proportion_interval, summarize, t_interval
from tests.statistics.examples import DARWIN, SPATIAL


@pytest.mark.parametrize("seed", range(20))
def test_a_summary_is_that_of_scipy(seed: int):
    generator = np.random.default_rng(seed)
    values, level = generator.normal(generator.normal(), 3, size=2 + seed), generator.uniform(0.5, 0.999)
    found, wanted = summarize(values, level), stats.describe(values)
    assert (found.n, found.low, found.high) == (wanted.nobs, *wanted.minmax)
    assert (found.mean, found.median) == pytest.approx((wanted.mean, np.median(values)))
    assert (found.std, found.sem) == pytest.approx((math.sqrt(wanted.variance), stats.sem(values)))
    low, high = stats.ttest_1samp(values, 0).confidence_interval(level)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high, found.interval.level) == pytest.approx((low, high, level))


def test_darwins_maize():
    """Fisher: mean 20.93, standard error 9.746 (t = 2.148, and 5 % of all samples are beyond 2.145)."""
    found = summarize(DARWIN)
    assert (found.mean, found.sem) == pytest.approx((20.93, 9.746), abs=0.005)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(20.933 - 2.145 * 9.746, abs=0.01)
    assert found.interval.high == pytest.approx(20.933 + 2.145 * 9.746, abs=0.01)


def test_one_value_is_a_point():
    assert summarize([0.7]) == Summary(n=1, mean=0.7, median=0.7, low=0.7, high=0.7)
    assert t_interval([0.7]) is None
    assert bootstrap_interval([0.7]) is None


def test_two_values_have_an_interval_as_wide_as_one_degree_of_freedom_makes_it():
    interval = t_interval([1, 3])
    assert interval is not None  # tan of 0.475 half turns is Cauchy's quantile, and the standard error is 1
    assert (interval.low, interval.high) == pytest.approx((2 - 12.7062, 2 + 12.7062), abs=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 1e9 + 0.1, -7e-9])
def test_equal_values_have_no_spread_to_the_last_digit(value: float):
    found = summarize([value] * 3)
    assert found == Summary(3, value, value, value, value, std=0.0, sem=0.0, interval=Interval(value, value, 0.95))
    drawn = bootstrap_interval([value] * 3)
    assert drawn is not None
    assert (drawn.low, drawn.high) == pytest.approx((value, value))


def test_units_may_change():
    """An error in percent has the interval of the fraction times 100; one of 1 - x is mirrored."""
    values = [0.91, 0.95, 0.94, 0.9]
    fraction = summarize(values)
    percent, mirrored = summarize(100 * np.array(values)), summarize(1 - np.array(values))
    assert fraction.interval and percent.interval and mirrored.interval
    assert (percent.mean, percent.std, percent.sem) == pytest.approx(
        (100 * fraction.mean, 100 * fraction.std, 100 * fraction.sem)
    )
    assert percent.interval.low == pytest.approx(100 * fraction.interval.low)
    assert mirrored.interval.high == pytest.approx(1 - fraction.interval.low)
    assert mirrored.std == pytest.approx(fraction.std)


def test_a_summary_survives_json():
    for values in ([0.5], [0.5, 0.7, 0.4]):
        found = summarize(iter(values))
        assert Summary.from_json(found.to_json()) == found


def test_95_of_100_intervals_hold_the_mean():
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        interval = t_interval(generator.normal(5, 2, size=3))
        assert interval is not None
        held += interval.low <= 5 <= interval.high
    assert held / 2000 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 2000))


# --- the bootstrap ---


@pytest.mark.parametrize("method", ["BCa", "percentile"])
def test_the_bootstrap_is_that_of_scipy(method: str):
    values = np.random.default_rng(3).exponential(size=12)
    found = bootstrap_interval(values, np.std, 0.9, resamples=999, seed=5, method=method)
    rng = np.random.default_rng(5)
    wanted = stats.bootstrap((values,), np.std, n_resamples=999, confidence_level=0.9, method=method, rng=rng)
    assert found == Interval(*wanted.confidence_interval, 0.9)


@pytest.mark.parametrize(("method", "low", "high"), [("BCa", 115.8, 259.6), ("percentile", 100.8, 233.9)])
def test_the_spatial_data(method: str, low: float, high: float):
    """Efron and Tibshirani (1993), Table 14.2: 90 % intervals of the variance 171.5, from 2000 resamples."""
    assert np.var(SPATIAL) == pytest.approx(171.5, abs=0.05)
    found = bootstrap_interval(SPATIAL, np.var, 0.9, method=method)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5)  # their resamples are others


def test_the_same_seed_gives_the_same_bootstrap():
    first, again, other = (bootstrap_interval(DARWIN, resamples=500, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_a_median_that_no_single_value_moves_has_the_percentiles():
    values = [1, 2, 2, 2, 3]
    assert bootstrap_interval(values, np.median) == bootstrap_interval(values, np.median, method="percentile")
    assert bootstrap_interval(values, np.median) == Interval(1, 3, 0.95)


def test_a_statistic_may_know_vectors_only():
    found = bootstrap_interval(DARWIN, lambda x: float(np.mean(x)), resamples=500)
    assert found == bootstrap_interval(DARWIN, resamples=500)


def test_a_statistic_without_value_is_refused():
    with pytest.raises(ValueError, match="not finite on every resample"):
        bootstrap_interval([1, 2, 3], lambda x: math.nan, resamples=50)
    with pytest.raises(ValueError, match="method='bca' is not a bootstrap: give 'BCa' or 'percentile'"):
        bootstrap_interval([1, 2, 3], method="bca")  # type: ignore[arg-type]


# --- shares ---


@pytest.mark.parametrize(
    ("errors", "images", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_of_the_literature(errors: int, images: int, low: float, high: float):
    """Newcombe, Stat. Med. 17 (1998), Table I, method 3 (Wilson's without correction for continuity)."""
    found = proportion_interval(errors, images)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilsons_ends_are_where_the_score_test_just_accepts():
    found, p, z = proportion_interval(np.int64(37), 360, 0.9), 37 / 360, stats.norm.isf(0.05)
    for end in (found.low, found.high):
        assert abs(p - end) == pytest.approx(z * math.sqrt(end * (1 - end) / 360))


def test_all_wrong_mirrors_all_right():
    right, wrong = proportion_interval(0, 360), proportion_interval(360, 360)
    assert (right.low, wrong.high) == (0, 1)
    assert 1 - wrong.low == pytest.approx(right.high)


@pytest.mark.parametrize(("errors", "images"), [(-1, 5), (6, 5), (0, 0), (0.5, 5), (True, 5), (1, 5.0), (math.nan, 5)])
def test_counts_that_cannot_be(errors: int, images: int):
    with pytest.raises(ValueError, match=r"errors=.* of images=.* is not a share"):
        proportion_interval(errors, images)


# --- what is refused ---


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e200, None])
def test_values_that_are_no_finite_numbers_are_refused(bad: float):
    with pytest.raises(ValueError, match="values has 1 of 3 values that are not finite numbers") as error:
        summarize([0.5, bad, 0.7])
    assert "\n" not in str(error.value)


def test_no_values_are_refused():
    for ask in (summarize, t_interval, bootstrap_interval):
        with pytest.raises(ValueError, match="values has no values: give at least one finished run"):
            ask([])
    with pytest.raises(ValueError, match=r"values has shape \(2, 2\)"):
        summarize([[1, 2], [3, 4]])  # type: ignore[list-item]


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan, True])
def test_levels_are_shares(level: float):
    asked = (lambda: summarize([1], level), lambda: t_interval([1, 2], level), lambda: proportion_interval(1, 2, level))
    for ask in (*asked, lambda: bootstrap_interval([1, 2], level=level)):
        with pytest.raises(ValueError, match=r"level=.* is not a confidence level: give a share between 0 and 1"):
            ask()
