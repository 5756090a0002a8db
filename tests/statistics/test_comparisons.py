"""Welch's and the paired test, effects and Holm's correction, against scipy, textbooks and what must always hold."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from depthlab.records import Comparison, Effect, Interval
from depthlab.statistics import (
    cohen_d,
    corrected,
    hedges_g,
    holm,
    is_significant,
    looked_at,
    paired,
    paired_dz,
    variance_floor,
    welch,
)
from tests.statistics.examples import AUTOMATIC, DARWIN, MANUAL, SLEEP_1, SLEEP_2


def numbers(found: Comparison) -> tuple[float, ...]:
    """Difference, interval, p, t and degrees of freedom of a test that was made."""
    assert found.interval and found.p is not None and found.t is not None and found.df is not None
    return found.difference, found.interval.low, found.interval.high, found.p, found.t, found.df


@pytest.mark.parametrize("seed", range(30))
def test_welch_is_that_of_scipy(seed: int):
    generator = np.random.default_rng(seed)
    n, m = generator.integers(2, 9, size=2)
    a, b = generator.normal(0, 1, n), generator.normal(generator.normal(), generator.uniform(0.01, 9), m)
    level = generator.uniform(0.5, 0.999)
    found, wanted = welch(a, b, level), stats.ttest_ind(a, b, equal_var=False)
    ends = wanted.confidence_interval(level)
    assert numbers(found) == pytest.approx((a.mean() - b.mean(), *ends, wanted.pvalue, wanted.statistic, wanted.df))
    assert (found.method, found.n, found.note) == ("welch", (n, m), "")


@pytest.mark.parametrize("seed", range(20))
def test_paired_is_that_of_scipy(seed: int):
    generator = np.random.default_rng(seed)
    a = generator.normal(0, 3, 2 + seed)
    b = a + generator.normal(0.5, 1, a.size)
    level = generator.uniform(0.5, 0.999)
    found, wanted = paired(a, b, level), stats.ttest_rel(a, b)
    ends = wanted.confidence_interval(level)
    assert numbers(found) == pytest.approx(((a - b).mean(), *ends, wanted.pvalue, wanted.statistic, a.size - 1))
    assert (found.method, found.n, found.effect_kind) == ("paired t", (a.size, a.size), "paired dz")


def test_students_sleep():
    """What R prints of t.test(extra ~ group, data = sleep), independent and paired."""
    independent = (-1.58, -3.3654832, 0.2054832, 0.07939414, -1.8608135, 17.776474)
    assert numbers(welch(SLEEP_1, SLEEP_2)) == pytest.approx(independent, abs=5e-7)
    pairs = (-1.58, -2.4598858, -0.7001142, 0.00283289, -4.0621277, 9)
    assert numbers(paired(SLEEP_1, SLEEP_2)) == pytest.approx(pairs, abs=5e-7)


def test_cars_and_maize():
    """R's t.test(mpg ~ am, data = mtcars); Fisher (1935), sec. 17: t = 2.148 with 14 degrees of freedom."""
    cars = (-7.244939, -11.280194, -3.209684, 0.001374, -3.7671, 18.332)
    assert numbers(welch(AUTOMATIC, MANUAL)) == pytest.approx(cars, abs=5e-4)
    maize = paired(DARWIN, [0] * 15)
    assert (maize.t, maize.df, maize.p) == pytest.approx((2.148, 14, 0.0497), abs=5e-4)


@pytest.mark.parametrize("test", [welch, paired])
def test_sides_may_be_exchanged_and_units_changed(test):
    a, b = np.array([0.91, 0.95, 0.94]), np.array([0.89, 0.9, 0.94])
    found, turned, percent = test(a, b), test(b, a), test(100 - 100 * a, 100 - 100 * b)
    difference, low, high, p, t, df = numbers(found)
    assert numbers(turned) == pytest.approx((-difference, -high, -low, p, -t, df))
    assert numbers(percent) == pytest.approx((-100 * difference, -100 * high, -100 * low, p, -t, df))
    assert turned.effect == pytest.approx(-found.effect) == pytest.approx(percent.effect)


@pytest.mark.parametrize("test", [welch, paired])
def test_p_is_below_5_percent_where_the_95_percent_interval_leaves_0_out(test):
    generator = np.random.default_rng(1)
    seen = set()
    for _ in range(50):
        _, low, high, p, *_ = numbers(test(generator.normal(1, 1, 4), generator.normal(0, 0.5, 4)))
        seen.add(p < 0.05)
        assert (p < 0.05) == (not low <= 0 <= high)
    assert seen == {True, False}


@pytest.mark.parametrize("test", [welch, paired])
def test_where_nothing_differs_5_of_100_tests_err(test):
    generator = np.random.default_rng(2)
    ps = [numbers(test(*generator.normal(size=(2, 4))))[3] for _ in range(1000)]
    # Welch's approximation is careful with four values a side: it errs a little more rarely.
    assert 0.02 < np.mean(np.array(ps) < 0.05) < 0.075


# --- one value, and values without spread ---


@pytest.mark.parametrize(("a", "b"), [([0.9], [0.8]), ([0.9], [0.8, 0.6]), ([0.9, 1.1], [0.8])])
def test_one_value_is_a_point_and_no_claim(a, b):
    found = welch(a, b)
    assert found == Comparison(
        found.difference, (len(a), len(b)), "none", note="a side has one value, which has no spread: no test"
    )
    assert found.difference == pytest.approx(sum(a) / len(a) - sum(b) / len(b))
    assert cohen_d(a, b) is None and hedges_g(a, b) is None


def test_one_pair_is_a_point_and_no_claim():
    assert paired([3], [1]) == Comparison(2, (1, 1), "none", note="a side has one value, which has no spread: no test")
    assert paired_dz([3], [1]) is None


@pytest.mark.parametrize("value", [0.0, 0.3, 1e9])
def test_equal_values_on_both_sides_do_not_differ(value: float):
    for found in (welch([value] * 3, [value] * 2), paired([value] * 3, [value] * 3)):
        assert (found.p, found.effect, found.difference, found.t) == (1, 0, 0, None)
        assert found.interval == Interval(0, 0, 0.95)
        assert found.method != "none"
    assert cohen_d([value] * 3, [value] * 2) == Effect("Cohen's d", 0)
    assert paired_dz([value] * 3, [value] * 3) == Effect("paired dz", 0)


def test_rounding_is_no_difference():
    for test in (welch, paired):
        found = test([0.1 + 0.2] * 3, [0.3] * 3)
        assert (found.p, found.effect) == (1, 0)


def test_seeds_that_all_agree_support_no_claim():
    note = "no side spreads over its values: nothing to judge the difference by, no test"
    assert welch([1, 1], [3, 3, 3]) == Comparison(-2, (2, 3), "none", note=note)
    assert cohen_d([1, 1], [3, 3, 3]) is None and hedges_g([1, 1], [3, 3, 3]) is None
    # Differences of 0.1 up to rounding, which would otherwise make a p of 0.
    by_pairs = paired([0.9, 0.8, 0.7], [0.8, 0.7, 0.6])
    assert (by_pairs.method, by_pairs.p, by_pairs.interval) == ("none", None, None)
    assert by_pairs.note == "all pairs differ by the same: nothing to judge the difference by, no test"
    assert paired([1, 1], [3, 3]).note == note
    assert paired_dz([0.9, 0.8, 0.7], [0.8, 0.7, 0.6]) is None


def test_one_side_without_spread_is_judged_by_the_other():
    a, b = [0.0, 0.0, 0.0], [8.1, 7.5, 9.0, 8.8]
    wanted = stats.ttest_1samp(b, 0)
    found = welch(a, b)
    assert (found.p, found.df) == pytest.approx((wanted.pvalue, 3))
    assert found.interval is not None
    assert found.interval.low == pytest.approx(-wanted.confidence_interval(0.95).high)


# --- effects ---


def test_effects_of_the_literature():
    """Borenstein et al., Introduction to Meta-Analysis (2009), ch. 4: d = 0.5970, J = 0.9923, g = 0.5924."""
    half = np.array([1, -1] * 25) * math.sqrt(49 / 50)  # 50 values of mean 0 and standard deviation 1
    a, b = 103 + 5.5 * half, 100 + 4.5 * half
    d, g = cohen_d(a, b), hedges_g(a, b)
    assert d and g
    assert (d.value, g.value, g.value / d.value) == pytest.approx((0.5970, 0.5924, 0.9923), abs=5e-5)


def test_effects_have_the_intervals_that_r_prints():
    """The vignette "Standardized Differences" of R's package effectsize, and its cohens_d of paired sleep."""
    cars, unbiased, sleep = cohen_d(AUTOMATIC, MANUAL), hedges_g(AUTOMATIC, MANUAL), paired_dz(SLEEP_1, SLEEP_2)
    printed = ((-1.48, -2.27, -0.67), (-1.44, -2.21, -0.65), (-1.28, -2.12, -0.41))
    for found, wanted in zip((cars, unbiased, sleep), printed, strict=True):
        assert found and found.interval
        assert (found.value, found.interval.low, found.interval.high) == pytest.approx(wanted, abs=0.005)


def test_a_comparison_has_the_effect_of_its_kind():
    by_welch, by_pairs = welch(AUTOMATIC, MANUAL), paired(SLEEP_1, SLEEP_2)
    g, dz = hedges_g(AUTOMATIC, MANUAL), paired_dz(SLEEP_1, SLEEP_2)
    assert g and dz
    assert (by_welch.effect, by_welch.effect_kind) == (g.value, g.kind)
    assert (by_pairs.effect, by_pairs.effect_kind) == (dz.value, dz.kind)


@pytest.mark.parametrize("seed", range(8))
def test_an_effects_interval_ends_where_the_test_just_accepts(seed: int):
    generator = np.random.default_rng(seed)
    a, b = generator.normal(seed, 1, 2 + seed), generator.normal(0, 1, 3)
    found, t = cohen_d(a, b, 0.9), stats.ttest_ind(a, b)
    assert found and found.interval
    root, df = math.sqrt(1 / a.size + 1 / 3), a.size + 1
    assert stats.nct.sf(t.statistic, df, found.interval.low / root) == pytest.approx(0.05, abs=1e-6)
    assert stats.nct.cdf(t.statistic, df, found.interval.high / root) == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize("t", [1e-9, 3, 36, 99])
def test_with_many_values_an_effects_interval_is_the_normal_one(t: float):
    """Standard error of d: sqrt(2/n + d²/4n) (Hedges and Olkin, Statistical Methods for Meta-Analysis, 1985, p. 86)."""
    n = 50_000
    values = np.array([1, -1] * (n // 2)) * math.sqrt((n - 1) / n)
    d = t * math.sqrt(2 / n)
    found, half = cohen_d(values + d, values), 1.959964 * math.sqrt(2 / n + d**2 / (4 * n))
    assert found and found.interval
    assert (found.interval.low, found.interval.high) == pytest.approx((d - half, d + half), abs=half / 100)


def test_an_effect_beyond_all_measure_has_no_interval():
    found = hedges_g([80, 80.1, 79.9], [0.1, 0.2, 0.15])
    assert found and found.value > 500 and found.interval is None


def test_hedges_g_takes_the_bias_away():
    """With 3 values a side d is 1 / 0.798 = 1.25 on average where 1 is true."""
    sides = np.random.default_rng(4).normal([[1], [0]], 1, size=(1500, 2, 3))
    assert np.mean([welch(*pair).effect for pair in sides]) == pytest.approx(1, abs=0.1)
    d, g = cohen_d(*sides[0]), hedges_g(*sides[0])
    assert d and g
    assert g.value / d.value == pytest.approx(math.gamma(2) / (math.sqrt(2) * math.gamma(1.5)))


# --- families ---


def test_the_textbook_family():
    """Wikipedia, "Holm-Bonferroni method": of 0.01, 0.04, 0.03 and 0.005 the first and last are rejected at 5 %."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@pytest.mark.parametrize("seed", range(10))
def test_holm_is_bonferroni_closed_over_all_subsets(seed: int):
    """Marcus, Peritz and Gabriel (1976): adjusted p = max over the sets S with it of min(1, |S| min over S of p)."""
    ps = np.random.default_rng(seed).uniform(0, 0.4, 5).round(2)  # rounded, so that some are tied
    sets = [s for size in range(1, 6) for s in combinations(range(5), size)]
    wanted = [max(min(1, len(s) * min(ps[j] for j in s)) for s in sets if i in s) for i in range(5)]
    assert holm(ps) == pytest.approx(wanted)


def test_what_was_not_tested_does_not_count():
    assert holm([None, 0.02, None, 0.03]) == pytest.approx((None, 0.04, None, 0.04))
    assert holm([None]) == (None,)
    assert holm([]) == ()
    assert holm([0.9, 0.8, 1.0, 0.0]) == (1, 1, 1, 0)


# --- what is refused ---


@pytest.mark.parametrize("p", [math.nan, -0.1, 1.1])
def test_what_is_no_probability_is_refused(p: float):
    with pytest.raises(ValueError, match=r"p=.* is not a p-value"):
        holm([0.5, p])


@pytest.mark.parametrize("ask", [welch, paired, cohen_d, hedges_g, paired_dz])
def test_values_and_levels_are_checked(ask):
    with pytest.raises(ValueError, match="b has 1 of 2 values that are not finite numbers, such as nan"):
        ask([1, 2], [3, math.nan])
    with pytest.raises(ValueError, match="a has no values"):
        ask([], [3, 4])
    with pytest.raises(ValueError, match="level=95 is not a confidence level"):
        ask([1, 2], [3, 5], 95)


def test_pairs_need_as_many_on_both_sides():
    for ask in (paired, paired_dz):
        with pytest.raises(ValueError, match="a has 3 values and b has 2: pairs need as many"):
            ask([1, 2, 3], [1, 2])


def test_a_comparison_survives_json():
    for found in (welch(SLEEP_1, SLEEP_2), welch([1], [2]), paired([1, 1], [1, 1])):
        assert Comparison.from_json(found.to_json()) == found


@pytest.mark.parametrize("test", [welch, paired])
def test_a_floor_that_is_given_is_that_of_images_by_other_numbers(test) -> None:
    a, b = [1.0, 1.0, 1.0], [2.0, 2.1, 2.0]
    floors = variance_floor(a, 359), variance_floor(b, 359)
    assert test(a, b, floors=floors) == test(a, b, images=359) != test(a, b)
    wide = test(a, b, floors=(3.0, 0.0)).interval
    assert wide is not None and wide.high - wide.low > 5, "a standard error of 1"


@pytest.mark.parametrize("looks", [1, 3])
@pytest.mark.parametrize("seed", range(20))
def test_an_interval_beside_a_corrected_p_lies_on_one_side_of_0_where_a_claim_is_made(seed: int, looks: int):
    chance = np.random.default_rng(seed)
    with looked_at(looks):
        family = [welch(chance.normal(2 * (k % 3), 1, 4), chance.normal(0, 1, 5)) for k in range(6)]
        found = corrected([*family, None, Comparison(1.0, (1, 1), "none")])
        for (told, p), one in zip(found, family, strict=False):
            assert told.interval is not None and one.interval is not None
            assert (told.interval.low > 0 or told.interval.high < 0) == is_significant(p)
            assert told.interval.level >= one.interval.level == pytest.approx(1 - 0.05 / looks)
            assert (told.p, told.difference, told.df) == (one.p, one.difference, one.df)
        assert [p for _, p in found] == list(holm([*(one.p for one in family), None, None]))


@pytest.mark.slow
@pytest.mark.parametrize("effects", [(0, 0, 0, 0), (0, 0, 3, 3), (2, 2.5, 3, 3.5), (0, 1, 2, 4)])
def test_intervals_of_a_family_hold_all_at_once(effects: tuple[float, ...]):
    chance, held = np.random.default_rng(3), 0
    for _ in range(2000):
        found = corrected(welch(chance.normal(effect, 1, 5), chance.normal(0, 1, 5)) for effect in effects)
        ends = [told.interval for told, _ in found]
        held += all(
            end is not None and end.low <= effect <= end.high for end, effect in zip(ends, effects, strict=True)
        )
    assert held / 2000 >= 0.945
