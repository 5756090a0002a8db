"""Many comparisons at once: p-values that hold for all of them together."""

from collections.abc import Iterable


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
