"""Rows as lines of text in aligned columns, never wrapped or cut, so that other programs can read them too."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from depthlab.records import printable


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row; every column is as wide as its longest entry."""
    rows = [[printable(text) for text in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
