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


def t_tested(blank: Comparison, error: float, df: float, level: float) -> Comparison:
    """Return a difference with its t, two-sided p and interval, given its standard error and degrees of freedom."""
    t = blank.difference / error
    half = t_quantile(level, df) * error
    interval = Interval(blank.difference - half, blank.difference + half, level)
    return replace(blank, t=t, df=df, p=2 * t_tail(abs(t), df), interval=interval)
