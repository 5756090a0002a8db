"""Student's t by scipy's plain functions: the same numbers as `stats.t`, without the cost of its checks."""

from dataclasses import replace

from scipy import special

from depthlab.records import Comparison, Interval


def t_quantile(level: float, df: float) -> float:
    """Return t such that a share `level` of Student's distribution lies within ± t."""
    return float(special.stdtrit(df, (1 + level) / 2))


def t_tail(t: float, df: float) -> float:
    """Return the share of Student's distribution above `t`."""
    return float(special.stdtr(df, -t))


def standard_error(comparison: Comparison) -> float:
    """Return the standard error of a difference that was tested, from its interval."""
    interval = comparison.interval
    assert interval is not None and comparison.df is not None, "a difference without a test has no standard error"
    return (interval.high - interval.low) / 2 / t_quantile(interval.level, comparison.df)


def at_level(comparison: Comparison, level: float) -> Comparison:
    """Return a comparison with its interval at another level; as it is where it has no test."""
    if comparison.interval is None or comparison.df is None:
        return comparison
    half = t_quantile(level, comparison.df) * standard_error(comparison)
    middle = comparison.difference
    return replace(comparison, interval=Interval(middle - half, middle + half, level))


def t_tested(blank: Comparison, error: float, df: float, level: float) -> Comparison:
    """Return a difference with its t, two-sided p and interval, given its standard error and degrees of freedom."""
    t = blank.difference / error
    half = t_quantile(level, df) * error
    interval = Interval(blank.difference - half, blank.difference + half, level)
    return replace(blank, t=t, df=df, p=2 * t_tail(abs(t), df), interval=interval)
