"""The rule by which every question makes claims."""

ALPHA = 0.05  # a claim is made where its p, corrected over its family by Holm's method, is below it
LEVEL = 1 - ALPHA  # of the intervals that are told beside claims


def is_significant(p: float | None) -> bool:
    """Whether a (corrected) p-value allows a claim; None, where nothing could be tested, allows none."""
    return p is not None and p < ALPHA
