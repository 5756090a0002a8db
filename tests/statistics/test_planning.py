"""How many seeds are needed, against published numbers, an independent integral and what must always hold."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from depthlab.statistics import detectable_difference, seeds_needed, t_test_power, welch


@pytest.mark.parametrize(("effect", "seeds"), [(0.5, 64), (0.8, 26), (0.2, 394)])
def test_cohens_small_medium_and_large_effects(effect: float, seeds: int):
    """Cohen, Psychol. Bull. 112 (1992), Table 2: 64 and 26; for 0.2 his tables say 393, exactly it is 393.4."""
    assert seeds_needed(effect, 1) == seeds


@pytest.mark.parametrize(("effect", "seeds"), [(0.2, 199), (0.5, 34), (0.8, 15)])
def test_pairs_of_the_literature(effect: float, seeds: int):
    """Faul et al., Behav. Res. Methods 39 (2007): G*Power 3 on matched pairs, two-sided, 5 %, power 0.8."""
    assert seeds_needed(effect, 1, paired=True) == seeds


def test_what_r_prints():
    """The examples of R's power.t.test: n = 20 and delta = 1 have power 0.8689528; power 0.9 needs n = 22.02110."""
    assert t_test_power(20, 1, 1) == pytest.approx(0.8689528, abs=3e-7)  # R leaves out the far tail of 2e-7
    assert seeds_needed(1, 1, power=0.9) == 23
    assert t_test_power(22, 1, 1) < 0.9 < t_test_power(23, 1, 1)


def power_by_integral(n: int, effect: float, level: float, paired: bool) -> float:
    """P(|Z + shift| > critical · chi / sqrt(df)), over the normal Z: no noncentral t in it."""
    df, shift = (n - 1, effect * math.sqrt(n)) if paired else (2 * n - 2, effect * math.sqrt(n / 2))
    critical = stats.t.isf((1 - level) / 2, df)

    def density(z: float) -> float:
        return float(stats.norm.pdf(z) * stats.chi2.cdf(df * ((z + shift) / critical) ** 2, df))

    kinks = [z for z in (-shift, critical - shift, -critical - shift) if abs(z) < 9]
    return float(integrate.quad(density, -9, 9, points=kinks or None, limit=200)[0])


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.9999])
def test_power_is_that_of_the_integral(level: float, paired: bool):
    for n, effect in ((2, 0.1), (2, 3), (3, 1), (5, 2), (40, 0.3), (40, 1.2)):
        found = t_test_power(n, effect, 1, level, paired=paired)
        assert found == pytest.approx(power_by_integral(n, effect, level, paired), abs=1e-7)


def test_power_is_the_share_of_tests_that_see_the_difference():
    """Welch's test on simulated seeds, whose power with equal spread is nearly Student's."""
    generator = np.random.default_rng(0)
    seen = sum((welch(*pair).p or 0) < 0.05 for pair in generator.normal([[1.5], [0]], 1, size=(1000, 2, 8)))
    assert seen / 1000 == pytest.approx(t_test_power(8, 1.5, 1), abs=0.04)


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("n", [2, 3, 5, 17, 100, 12345])
def test_what_seeds_can_show_needs_as_many_seeds(n: int, paired: bool):
    difference = detectable_difference(n, 0.4, paired=paired)
    assert t_test_power(n, difference, 0.4, paired=paired) == pytest.approx(0.8, abs=1e-9)
    assert seeds_needed(difference, 0.4, paired=paired) == n
    assert seeds_needed(difference * 0.999, 0.4, paired=paired) > n or n == 2


def test_more_seeds_for_less_difference_more_power_and_a_higher_level():
    asked = [
        seeds_needed(0.3, 0.2),
        seeds_needed(0.2, 0.2),
        seeds_needed(0.2, 0.2, 0.9),
        seeds_needed(0.2, 0.2, 0.9, 0.99),
    ]
    assert asked == sorted(set(asked))


def test_units_and_sign_do_not_matter():
    assert seeds_needed(0.3, 0.25) == seeds_needed(-0.3, 0.25) == seeds_needed(0.003, 0.0025)
    assert detectable_difference(3, 25) == pytest.approx(100 * detectable_difference(3, 0.25))


def test_extremes():
    assert seeds_needed(1e6, 1) == seeds_needed(1e6, 1, level=0.9999, paired=True) == 2
    # 2 (1.959964 + 0.841621)² / 0.0126² + 1.959964² / 4 = 98878.26, less 0.23 for the far tail of 1e-6
    assert seeds_needed(0.0126, 1) == 98_879
    assert seeds_needed(0.3, 0) == 2
    assert detectable_difference(2, 0) == 0
    assert t_test_power(2, 0, 1, 0.9) == t_test_power(2, 0, 0, 0.9) == pytest.approx(0.1)
    assert t_test_power(2, 1e-9, 1, 0.9) == pytest.approx(0.1)
    assert t_test_power(2, 0.1, 0) == 1
    for shift in np.linspace(0.1, 60, 50):  # where the far tail underflows
        assert 0 < t_test_power(100, shift, 1) <= 1


def test_what_makes_no_sense_is_refused_in_one_line():
    refused = {
        "difference=0 can't be seen": lambda: seeds_needed(0, 1),
        "difference=1e-06 takes more than 100000 seeds where std=1": lambda: seeds_needed(1e-6, 1),
        "difference=nan is not a finite number": lambda: seeds_needed(math.nan, 1),
        "std=inf is not a finite number": lambda: detectable_difference(3, math.inf),
        "std=-1 is not a standard deviation": lambda: seeds_needed(1, -1),
        "power=1 is out of reach": lambda: seeds_needed(1, 1, power=1),
        "power=0.05 is out of reach: give a share between 0.1 and 1": lambda: seeds_needed(1, 1, 0.05, 0.9),
        "level=1 can't be planned for": lambda: t_test_power(3, 1, 1, 1),
        "level=0 can't be planned for": lambda: detectable_difference(3, 1, level=0),
        "n=1 seeds have no spread": lambda: detectable_difference(1, 1),
        "n=2.5 seeds have no spread": lambda: t_test_power(2.5, 1, 1),  # type: ignore[arg-type]
    }
    for message, ask in refused.items():
        with pytest.raises(ValueError) as error:
            ask()
        assert str(error.value).startswith(message)
        assert "\n" not in str(error.value)
