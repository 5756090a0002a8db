"""Where the quotient of two estimates may lie."""

import math
from collections.abc import Sequence

from scipy import stats

from depthlab.records import Interval, Ratio
from depthlab.statistics.samples import check_level


def fieller_ratio(a: float, b: float, covariance: Sequence[Sequence[float]], df: float, level: float = 0.95) -> Ratio:
    """Return a / b for two estimates with normal errors, and the quotients that no test refutes (Fieller, 1954).

    A quotient r is kept if a - r b is not significantly off zero: (a - r b)² <= t² (v_aa - 2 r v_ab + r² v_bb), with
    Student's t at `df` degrees of freedom. Where b is clear of zero these r are an interval. Where it is not, none is:
    then they are all numbers but those between two ends, or all numbers there are, and a bound would be made up.

    Args:
        a: The estimate above, in any unit.
        b: The estimate below, in any unit.
        covariance: Of the errors of both, two rows of two: (v_aa, v_ab), (v_ab, v_bb).
        df: Degrees of freedom of the covariance.
        level: The share of such sets that hold the true quotient.

    Source: Fieller, J. R. Stat. Soc. B 16, 1954; the three shapes of the set: Draper and Smith 1998, sec. 3.2 and
    Zerbe, Am. Stat. 32, 1978. Raises `ValueError` for a `level` outside 0 to 1.
    """
    check_level(level)
    (v_aa, v_ab), (_, v_bb) = covariance
    square = float(stats.t.isf((1 - level) / 2, df)) ** 2
    value = a / b if b else None
    # kept are the r with  high r² - 2 middle r + low <= 0
    high, middle, low = b * b - square * v_bb, a * b - square * v_ab, a * a - square * v_aa
    under = middle * middle - high * low
    if high > 0:
        root = math.sqrt(max(under, 0.0))
        return Ratio(value, True, Interval((middle - root) / high, (middle + root) / high, level))
    if high == 0 or under <= 0:
        return Ratio(value, False)
    root = math.sqrt(under)
    return Ratio(value, False, excluded=Interval((middle + root) / high, (middle - root) / high, level))
