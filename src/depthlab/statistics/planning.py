"""How many seeds a difference needs to be seen, and what difference the seeds at hand can show."""

import math

import numpy as np
from scipy import optimize, special, stats

from depthlab.records import Comparison
from depthlab.statistics.student import standard_error, t_quantile

MOST_SEEDS = 100_000  # up to here the noncentral t is right to eight digits
HIGHEST_LEVEL = 0.9999  # beyond it, with two seeds, the series of the noncentral t don't converge
SLACK = 1e-9  # so that the difference which n seeds can just show needs n seeds, not n + 1


def t_test_power(n: int, difference: float, std: float, level: float = 0.95, *, paired: bool = False) -> float:
    """Return the probability that a two-sided t test with `n` seeds a side calls a true `difference` significant.

    P(|T| > t(level; df)) for noncentral T with df = 2n - 2 and noncentrality difference / std · sqrt(n/2) (Cohen,
    1988, ch. 2); if `paired`, df = n - 1 and difference / std · sqrt(n). `difference` and `std` are in the same
    units; `std` is that over the seeds of one side, if `paired` that of the differences. A `std` seen over three seeds
    may itself be off by half. Values are taken as normal, with the same spread on both sides. Raises `ValueError` for
    numbers that make no sense.
    """
    _check(std, level)
    _check_seeds(n)
    _check_finite("difference", difference)
    if difference == 0:
        return 1 - level
    return 1.0 if std == 0 else _power(n, abs(difference) / std, level, paired)


def seeds_needed(
    difference: float, std: float, power: float = 0.8, level: float = 0.95, *, paired: bool = False
) -> int:
    """Return the fewest seeds a side with which a true `difference` is called significant with probability `power`.

    Exact by `t_test_power`, which says what the arguments are; 2 at least, as one seed has no spread. To be seen in
    a family of m comparisons, give level = 1 - 0.05 / m. Raises `ValueError` for a difference of 0 or one that takes
    more than 100,000 seeds, and for numbers that make no sense.
    """
    _check(std, level)
    _check_power(power, level)
    _check_finite("difference", difference)
    if difference == 0:
        raise ValueError("difference=0 can't be seen with any number of seeds: give the smallest one that matters")
    if std == 0:
        return 2
    effect = abs(difference) / std
    too_few, enough = 1, 2
    while _power(enough, effect, level, paired) < power - SLACK:
        if enough == MOST_SEEDS:
            raise ValueError(
                f"difference={difference} takes more than {MOST_SEEDS} seeds where std={std}: give a larger one"
            )
        too_few, enough = enough, min(2 * enough, MOST_SEEDS)
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if _power(middle, effect, level, paired) < power - SLACK:
            too_few = middle
        else:
            enough = middle
    return enough


def detectable_difference(
    n: int, std: float, power: float = 0.8, level: float = 0.95, *, paired: bool = False
) -> float:
    """Return the smallest true difference that `n` seeds a side show with probability `power`, in the units of `std`.

    The inverse of `seeds_needed`, with the same arguments. Raises `ValueError` for fewer than two seeds and for numbers
    that make no sense.
    """
    _check(std, level)
    _check_power(power, level)
    _check_seeds(n)
    enough = 1.0
    while _power(n, enough, level, paired) < power:
        enough *= 2
    found = optimize.brentq(lambda effect: _power(n, effect, level, paired) - power, 0.0, enough, xtol=1e-13)
    return float(found) * std


def upper_spread(std: float, df: float, share: float = 0.8) -> float:
    """Return the upper limit of a spread that was seen: the true one is below it with probability `share`.

    std · sqrt(df / chi²(1 - share; df)), for normal values. With two degrees of freedom it is 2.1 times what was seen.
    """
    return std * math.sqrt(df / float(2 * special.gammaincinv(df / 2, 1 - share)))


def seeds_to_reach(half_width: float, comparison: Comparison) -> tuple[int, int] | None:
    """Return about how many seeds a cell it takes until the interval of a comparison is `half_width` wide a side.

    Two numbers: with the standard error as it was seen, and with its upper 80 % limit (`upper_spread`), as a spread
    over few seeds is known within a factor of two at best. None where the comparison has no interval, or where it
    takes more than 100,000 seeds.
    """
    interval, df = comparison.interval, comparison.df
    if interval is None or df is None:
        return None
    error, n = standard_error(comparison), min(comparison.n)
    found = [_seeds_for(half_width, spread, df, n, interval.level) for spread in (error, upper_spread(error, df))]
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


def _seeds_for(half_width: float, error: float, df: float, n: int, level: float) -> int | None:
    """Return the seeds with which an error that falls with their root, and df that rise with them, are enough."""

    def half(seeds: float) -> float:
        return t_quantile(level, df * seeds / n) * error * math.sqrt(n / seeds)

    if half(MOST_SEEDS) > half_width:
        return None
    if half(2) <= half_width:
        return 2
    return math.ceil(float(optimize.brentq(lambda seeds: half(seeds) - half_width, 2, MOST_SEEDS)) - SLACK)


def _power(n: int, effect: float, level: float, paired: bool) -> float:
    df = n - 1 if paired else 2 * n - 2
    shift = effect * math.sqrt(n if paired else n / 2)
    critical = t_quantile(level, df)
    if shift > 10 * critical + 40:
        return 1.0  # to the last digit, and the series need not converge any more
    above = float(stats.nct.sf(critical, df, shift))
    # The far tail is NaN where it is too small to be computed, 1e-10 and less.
    below = float(np.nan_to_num(stats.nct.cdf(-critical, df, shift)))
    return above + below


def _check(std: float, level: float) -> None:
    if isinstance(level, bool) or not 0 < level <= HIGHEST_LEVEL:
        raise ValueError(
            f"level={level} can't be planned for: give a share between 0 and {HIGHEST_LEVEL}, such as 0.95"
        )
    _check_finite("std", std)
    if std < 0:
        raise ValueError(f"std={std} is not a standard deviation: give 0 or more, in the units of the difference")


def _check_power(power: float, level: float) -> None:
    if isinstance(power, bool) or not 1 - level < power < 1:
        raise ValueError(f"power={power} is out of reach: give a share between {1 - level:.4g} and 1, such as 0.8")


def _check_seeds(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 2:
        raise ValueError(f"n={n} seeds have no spread to judge by: give a whole number, 2 or more")


def _check_finite(name: str, value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{name}={value} is not a finite number: leave runs that diverged out of it")
