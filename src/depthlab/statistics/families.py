"""Many comparisons at once: p-values that hold for all of them together."""

from collections.abc import Iterable
from typing import TypeVar

from depthlab.records import Comparison
from depthlab.statistics.significance import claim_level
from depthlab.statistics.student import at_level

Tested = TypeVar("Tested", Comparison, Comparison | None)


def holm(p_values: Iterable[float | None]) -> tuple[float | None, ...]:
    """Return Holm's adjusted p-values, in the order given (Holm, Scand. J. Stat. 6, 1979).

    Of m values in ascending order the i-th becomes max over j <= i of min(1, (m - j + 1) p_j). Rejecting those below
    0.05 errs in any of them with a probability of 0.05 at most, however they depend on each other. None, a comparison
    without a test, stays None and is not counted in m. Raises `ValueError` for a value outside 0 to 1.
    """
    values = list(p_values)
    for p in values:
        if p is not None and not 0 <= p <= 1:
            raise ValueError(f"p={p} is not a p-value: give numbers from 0 to 1, or None where there was no test")
    tested = sorted((p, place) for place, p in enumerate(values) if p is not None)
    adjusted: list[float | None] = [None] * len(values)
    largest = 0.0
    for rank, (p, place) in enumerate(tested):
        largest = max(largest, min(1.0, (len(tested) - rank) * p))
        adjusted[place] = largest
    return tuple(adjusted)


def corrected(family: Iterable[Tested]) -> list[tuple[Tested, float | None]]:
    """Return each comparison of a family with an interval that agrees with Holm's decision, and its adjusted p.

    Of m comparisons each has the interval at 1 - alpha / m (Bonferroni), so that all hold at once in a share 1 - alpha
    of studies. One that Holm's method claims although that interval includes 0 has the level at which the method tested
    it, 1 - alpha / (m - j) after j others. So an interval lies on one side of 0 where a claim is made, and nowhere
    else. alpha is the p below which claims are made (`claim_level`).
    """
    comparisons = list(family)
    p_values = [None if one is None else one.p for one in comparisons]
    tested = sorted(p for p in p_values if p is not None)
    alpha, m = claim_level(), len(tested)

    def told(one: Tested, p: float | None, adjusted: float | None) -> Tested:
        if one is None or p is None or adjusted is None:
            return one
        tests = m - tested.index(p) if adjusted < alpha <= m * p else m
        return at_level(one, 1 - alpha / tests)

    found = zip(comparisons, p_values, holm(p_values), strict=True)
    return [(told(one, p, adjusted), adjusted) for one, p, adjusted in found]
