"""Counts, bytes and shapes in the few characters that a picture has room for."""

from collections.abc import Sequence

_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"))
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def amount(number: float) -> str:
    """Return a count: all of its digits below a million, three from there on."""
    for size, unit in _UNITS:
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:,.0f}"


def bytes_text(number: float | None) -> str | None:
    """Return bytes in the unit that suits them, by powers of 1000; None for what is not known."""
    if number is None:
        return None
    for size, unit in _BYTES:
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.0f} bytes"


def size_text(shape: Sequence[int]) -> str:
    """Return a shape without the batch: channels, height and width."""
    return "×".join(map(str, shape))
