"""The frame of every figure: its panels, their grid and ticks, and the legend beside or below them.

A figure is drawn for a page, or for the column of a paper: `drawn_for(FigureStyle(width=3.25, font="Times"))`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.ticker import MaxNLocator

_LOOK: Any = {
    **{"axes.spines.top": False, "axes.spines.right": False},
    **{"axes.grid": True, "grid.alpha": 0.25},
}
_PAGE = 10.0  # points of the letters of a page's figure
_LEAST_HEIGHT = 2.2  # inches


@final
@dataclass(frozen=True)
class FigureStyle:
    """How figures are drawn: their width in inches, their font, and its size in points. None: as on a page."""

    width: float | None = None
    font: str | None = None
    size: float | None = None


_PAGE_STYLE = FigureStyle()
_STYLE: ContextVar[FigureStyle] = ContextVar("figure_style", default=_PAGE_STYLE)


@contextmanager
def drawn_for(style: FigureStyle) -> Iterator[None]:
    """Draw and write all figures within in this style."""
    letters: Any = {"font.size": style.size or _PAGE}
    if style.font:
        letters["font.family"] = style.font
    token = _STYLE.set(style)
    try:
        with rc_context(letters):
            yield
    finally:
        _STYLE.reset(token)


def figure_frame(
    rows: int = 1,
    columns: int = 1,
    *,
    size: tuple[float, float],
    grid: Literal["both", "x", "y"] | None = "both",
    **shared: Any,
) -> tuple[Figure, Any]:
    """Return a figure with its panels, as `Figure.subplots` does: one, or an array of them.

    Args:
        rows: Of panels.
        columns: Of panels.
        size: Width and height in inches, as on a page; a paper's column scales them.
        grid: Across which axes there are lines; None for a map, which has all four sides.
        shared: What `Figure.subplots` takes, such as `sharey=True`.
    """
    width = _STYLE.get().width
    if width is not None:
        size = (width, max(_LEAST_HEIGHT, size[1] * width / size[0]))
    figure = Figure(figsize=size, layout="constrained")
    with rc_context(_LOOK | {"axes.grid.axis": grid} if grid else {}):
        return figure, figure.subplots(rows, columns, **shared)


def whole_numbers(*panels: Axes) -> None:
    """Put ticks at whole numbers along x: epochs, units, numbers of deletions."""
    for axes in panels:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def legend(
    of: Figure | Axes,
    named: Mapping[str, Any] | None = None,
    *,
    place: Literal["right", "below"] = "right",
    columns: int = 4,
    title: str = "",
) -> Legend | None:
    """Name the series: beside all panels of a figure, below them, or inside of one; None where nothing has a name.

    Args:
        of: The figure, or one of its panels for a legend inside of it.
        named: Name -> what is drawn; by default everything that has a name, each name once.
        place: Where the legend stands.
        columns: How many names stand side by side below.
        title: What the series differ in.
    """
    entries = dict(named or {})
    for axes in [of] if isinstance(of, Axes) else of.axes if named is None else []:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    labels, handles = list(entries), list(entries.values())
    if not labels:
        return None
    look: Any = {"frameon": False, "fontsize": "small", "title": title or None, "title_fontsize": "small"}
    if isinstance(of, Axes):
        return of.legend(handles, labels, **look)
    if place == "below" or _STYLE.get().width is not None:  # a column has no room beside its panels
        fitting = max(1, min(columns, len(labels), int(of.get_figwidth() // 2)))
        return of.legend(handles, labels, loc="outside lower center", ncols=fitting, **look)
    return of.legend(handles, labels, loc="outside right center", **look)
