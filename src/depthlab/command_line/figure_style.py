"""How figures are drawn for a paper: keys of every command that writes a page."""

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

WIDTH, FONT, SIZE = "figure.width", "figure.font", "figure.size"
FIGURE_KEYS: Mapping[str, str] = MappingProxyType(
    {
        WIDTH: "the width of figures, such as a paper's column: 3.25in, 83mm [as a page has room]",
        FONT: "the font of figures: serif, or one that is installed here, such as Times New Roman [sans-serif]",
        SIZE: "the size of their letters in points [10]",
    }
)
_GENERIC = ("serif", "sans-serif", "monospace")
_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}
_LENGTH = re.compile(r"(\d+\.?\d*|\.\d+) *(in|cm|mm|pt)")
_WIDTHS, _SIZES = (2.0, 20.0), (4.0, 40.0)  # inches, points


@final
@dataclass(frozen=True)
class FigureStyle:
    """Width in inches, font, and size of letters in points; None: as on a page."""

    width: float | None = None
    font: str | None = None
    size: float | None = None


PAGE_STYLE = FigureStyle()


def read_figure_style(options: Mapping[str, str]) -> FigureStyle:
    """Return the style that was typed among the options. Raises `ValueError`."""
    return FigureStyle(_width(options.get(WIDTH)), _font(options.get(FONT)), _size(options.get(SIZE)))


def _font(typed: str | None) -> str | None:
    if typed is None or typed in _GENERIC:
        return typed
    from matplotlib.font_manager import get_font_names  # slow, and needed where a font is typed

    known = get_font_names()
    if typed not in known:
        near = difflib.get_close_matches(typed, known, 3, 0.5) or sorted(known)[:8]
        listed = ", ".join([*_GENERIC, *near])
        raise ValueError(f"{FONT}={typed}: there is no such font here; some that there are: {listed}")
    return typed


def _width(typed: str | None) -> float | None:
    if typed is None:
        return None
    found = _LENGTH.fullmatch(typed.strip())
    width = float(found[1]) * _INCHES[found[2]] if found else math.nan
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        raise ValueError(f"{WIDTH}={typed}: type a width from 2in to 20in, such as {WIDTH}=3.25in, 83mm or 240pt")
    return width


def _size(typed: str | None) -> float | None:
    try:
        size = None if typed is None else float(typed.removesuffix("pt"))
    except ValueError:
        size = math.nan
    if size is not None and not _SIZES[0] <= size <= _SIZES[1]:
        raise ValueError(f"{SIZE}={typed}: type points from 4 to 40, such as {SIZE}=8")
    return size
