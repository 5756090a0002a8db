"""A table as a reader sees it: numbers to the digits that they support, and what all rows share said once."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

from depthlab.report.blocks import PageTable
from depthlab.report.cells import Estimate, Parts
from depthlab.report.digits import column_decimals, fixed, p_text
from depthlab.report.scale import show

UNKNOWN = "–"
# What may stand in a column of numbers: 8.1 (6.0 to 10.2), 3.2 ± 0.4 %, 1e-05, 12 ms. Not 2026-11-01.
_OF_NUMBERS = re.compile(r"\b(to|of|ms|min|s|h|nats|points)\b|(?<=\d)e(?=[-+]?\d)|[\s\d.,()\[\]±+\-−–<>≤≥≈~%×/]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_IS_P = re.compile(r"p\b|.*: p\b")  # of a column's head: "p", "p by Holm", "equal within the margin: p"
_MANY = 10_000  # from here on digits are hard to count
_FLOATS_ARE_EXACT = 2**53  # below; beyond, a number is not a count
_LONGEST_WORDS = 32  # characters that a cell shows on one line


@final
@dataclass(frozen=True)
class ShownColumn:
    """A column in the words of the page. `kind` "text" needs room; "number" may have units and bounds."""

    head: str
    kind: Literal["number", "words", "text"]
    texts: tuple[str, ...]


@final
@dataclass(frozen=True)
class ShownTable:
    """The columns that differ between rows, and the caption, which says what the others hold."""

    columns: tuple[ShownColumn, ...]
    caption: str

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells, a row each."""
        return tuple(zip(*(column.texts for column in self.columns), strict=True))


def shown_table(table: PageTable) -> ShownTable:
    """Return what is shown of a table. Nothing is lost: its CSV file has every column, and all digits."""
    cells = list(zip(*table.rows, strict=True)) or [()] * len(table.head)
    columns = [
        _shown(head, column, table.images, _decimals_of(after))
        for head, column, after in zip(table.head, cells, [*cells[1:], ()], strict=True)
    ]
    kept, shared, empty = columns[:1], [], []
    for column, values in zip(columns[1:], cells[1:], strict=True):
        if len(values) < 2 or len(set(column.texts)) > 1 or any(map(_is_measured, values)):
            kept.append(column)
        elif column.texts[0] == UNKNOWN:
            empty.append(column.head)
        else:
            shared.append(f"{column.head} {column.texts[0]}")
    notes = [table.caption]
    if any(isinstance(value, Estimate) and value.std is not None for column in cells for value in column):
        notes.append(f"± is one standard deviation over {table.over}.")
    if shared:
        notes.append(f"The same in every row: {'; '.join(shared)}.")
    if empty:
        notes.append(f"Left out, as no row has any: {', '.join(empty)}.")
    return ShownTable(tuple(kept), " ".join(filter(None, notes)))


def cell(value: Any) -> str:
    """Return a value as a table shows it by itself; whole numbers of five digits and more in groups of three."""
    whole = isinstance(value, int) or (
        isinstance(value, float) and abs(value) < _FLOATS_ARE_EXACT and value == int(value)
    )
    if whole and abs(value) >= _MANY:
        return f"{int(value):,}"
    return UNKNOWN if value is None or value == "" else show(value)


def _is_measured(value: Any) -> bool:
    """Return whether it is a result, which a table shows in every row even if all are equal."""
    return isinstance(value, float | Estimate) or (isinstance(value, Parts) and value.decimals is not None)


def _decimals_of(column: Sequence[Any]) -> tuple[int | None, ...]:
    """Return the decimals of intervals, which the estimates in the column before them have too."""
    return tuple(value.decimals if isinstance(value, Parts) else None for value in column)


def _shown(head: str, values: Sequence[Any], images: int, beside: Sequence[int | None]) -> ShownColumn:
    floats = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    estimates = [value for value in values if isinstance(value, Estimate)]
    decimals = None
    if estimates or any(value != int(value) for value in floats):
        spreads = [one.std for one in estimates if one.std is not None]
        percent = "(%)" in head or "(points)" in head
        decimals = column_decimals([*floats, *(one.mean for one in estimates)], spreads, images, percent=percent)
    is_p = bool(_IS_P.match(head))
    own = [decimals if one is None else one for one in beside] or [decimals] * len(values)
    texts = tuple(_text(value, places, is_p=is_p) for value, places in zip(values, own, strict=True))
    return ShownColumn(head, _kind(texts, values), texts)


def _text(value: Any, decimals: int | None, *, is_p: bool) -> str:
    if isinstance(value, Parts):
        return value.text
    if isinstance(value, Estimate):
        numbers = [one for one in (value.mean, value.std) if one is not None]
        told = " ± ".join(f"{one:.4g}" if decimals is None else fixed(one, decimals) for one in numbers)
        return f"{told} {value.note}".strip()
    if isinstance(value, float) and is_p:
        return p_text(value).removeprefix("= ")
    if isinstance(value, float) and decimals is not None and abs(value) < _MANY:
        return fixed(value, decimals)
    return cell(value)


def _kind(texts: Sequence[str], values: Sequence[Any]) -> Literal["number", "words", "text"]:
    known = [(text, value) for text, value in zip(texts, values, strict=True) if text != UNKNOWN]
    if known and all(_is_numeric(text, value) for text, value in known):
        return "number"
    return "text" if any(len(text) > _LONGEST_WORDS and " " in text for text in texts) else "words"


def _is_numeric(text: str, value: Any) -> bool:
    if not isinstance(value, str | Estimate | Parts):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return any(map(str.isdigit, text)) and not _OF_NUMBERS.sub("", text) and not _DATE.search(text)
