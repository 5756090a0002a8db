"""Is a difference small enough not to matter? That no difference was found does not show it; two one-sided tests do."""

import math

from depthlab.records import Comparison, Equivalence, Interval
from depthlab.statistics.significance import ALPHA
from depthlab.statistics.student import t_quantile, t_tail


def equivalence(comparison: Comparison, margin: float, alpha: float = ALPHA) -> Equivalence:
    """Test whether a difference lies within ± `margin` (TOST; Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987).

    Both "it is not below -margin" and "it is not above +margin" are tested one-sided at `alpha`; p is the larger one.
    That is to say that the interval at 1 - 2 alpha lies within the margin.

    Args:
        comparison: With its t and df, as `welch`, `paired` and `contrast` return it; without a test there is no claim.
        margin: The largest difference that does not matter, in the units of the difference.
        alpha: Of each of the two tests, and of both together.

    Raises:
        ValueError: the margin is not a positive number.
    """
    if not (math.isfinite(margin) and margin > 0):
        raise ValueError(f"margin={margin} is not a margin: give a positive number, such as 0.5")
    if comparison.interval is None or comparison.df is None:
        return Equivalence(margin, None, None)
    error = standard_error(comparison)
    below, above = ((margin + sign * comparison.difference) / error for sign in (1, -1))
    half = t_quantile(1 - 2 * alpha, comparison.df) * error
    interval = Interval(comparison.difference - half, comparison.difference + half, 1 - 2 * alpha)
    return Equivalence(margin, t_tail(min(below, above), comparison.df), interval)


def standard_error(comparison: Comparison) -> float:
    """Return the standard error of a difference that was tested, from its interval."""
    interval = comparison.interval
    assert interval is not None and comparison.df is not None, "a difference without a test has no standard error"
    half = (interval.high - interval.low) / 2
    return half / t_quantile(interval.level, comparison.df)
