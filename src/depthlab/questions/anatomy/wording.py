"""How times and bytes are written in sentences and on the terminal."""


def seconds_text(seconds: float) -> str:
    """Return a time with three digits, in milliseconds or seconds."""
    return f"{seconds:.3g} s" if seconds >= 0.9995 else f"{1000 * seconds:.3g} ms"


def bytes_text(number: float) -> str:
    """Return a number of bytes in the unit that suits it, by powers of 1000."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.0f} bytes"
