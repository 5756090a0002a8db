"""Is a difference small enough not to matter? That no difference was found does not show it; two one-sided tests do."""

import math

from depthlab.records import Comparison, Equivalence
from depthlab.statistics.significance import claim_level
from depthlab.statistics.student import at_level, standard_error, t_tail


def equivalence(comparison: Comparison, margin: float, alpha: float | None = None) -> Equivalence:
    """Test whether a difference lies within ± `margin` (TOST; Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987).

    Both "it is not below -margin" and "it is not above +margin" are tested one-sided at `alpha`; p is the larger one.
    That is to say that the interval at 1 - 2 alpha lies within the margin.

    Args:
        comparison: With its t and df, as `welch`, `paired` and `contrast` return it; without a test there is no claim.
        margin: The largest difference that does not matter, in the units of the difference.
        alpha: Of each of the two tests, and of both together; None for the p below which claims are made.

    Raises:
        ValueError: the margin is not a positive number.
    """
    if not (math.isfinite(margin) and margin > 0):
        raise ValueError(f"margin={margin} is not a margin: give a positive number, such as 0.5")
    if comparison.interval is None or comparison.df is None:
        return Equivalence(margin, None, None)
    error = standard_error(comparison)
    below, above = ((margin + sign * comparison.difference) / error for sign in (1, -1))
    interval = at_level(comparison, 1 - 2 * (alpha or claim_level())).interval
    return Equivalence(margin, t_tail(min(below, above), comparison.df), interval)
