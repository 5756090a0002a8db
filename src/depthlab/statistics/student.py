"""Student's t by scipy's plain functions: the same numbers as `stats.t`, without the cost of its checks."""

from scipy import special


def t_quantile(level: float, df: float) -> float:
    """Return t such that a share `level` of Student's distribution lies within ± t."""
    return float(special.stdtrit(df, (1 + level) / 2))


def t_tail(t: float, df: float) -> float:
    """Return the share of Student's distribution above `t`."""
    return float(special.stdtr(df, -t))
