"""How many digits of a number are shown: as many as what it was measured with supports."""

import math
from collections.abc import Iterable

_SIGNIFICANT = 4  # digits where nothing is known of a number's precision
_LEAST_P = 1e-4
LEAST = 1e-5  # what floating-point leaves of zero is smaller: a percent of one in ten million images


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals; what rounds to zero has no sign."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def image_decimals(images: int) -> int:
    """Return the decimals that tell one image in so many from none, in percent: 1 of 144 images, 2 of 10,000."""
    return max(0, math.ceil(math.log10(images / 100))) if images else _SIGNIFICANT


def spread_decimals(spread: float) -> int:
    """Return the decimals that show a spread, such as a standard deviation or an interval's width, to two digits."""
    return max(0, 1 - math.floor(math.log10(spread))) if spread > 0 else 0


def column_decimals(
    values: Iterable[float], spreads: Iterable[float] = (), images: int = 0, *, percent: bool = False
) -> int | None:
    """Return the decimals that all numbers of a column have; None where they span too much to share any.

    Args:
        values: The numbers.
        spreads: Their standard deviations or widths, as far as they are known: two digits of the least are shown.
        images: How many images percentages are shares of; 0 where that is not known.
        percent: Whether they are percentages or points: then what floating-point leaves of zero is zero.
    """
    least = LEAST if percent else 0.0
    sizes = [abs(value) for value in values if math.isfinite(value) and abs(value) > least]
    known = [spread_decimals(spread) for spread in spreads if spread > least]
    if percent and images:
        return min([image_decimals(images), *([max(known)] if known else [])])
    if not sizes:
        return 0 if percent else None
    most = max(0, _SIGNIFICANT - 1 - math.floor(math.log10(max(sizes))))
    if known:
        return min(most, max(known))
    if max(sizes) / min(sizes) >= 10**_SIGNIFICANT:
        return None
    return min(most, max(len(f"{size:.{_SIGNIFICANT}g}".partition(".")[2]) for size in sizes))  # 0.5 has one


def p_text(p: float) -> str:
    """Write a p-value to two digits, as `= 0.013` or `< 0.0001`."""
    return f"= {p:.2g}" if p >= _LEAST_P else f"< {_LEAST_P:.4f}"
