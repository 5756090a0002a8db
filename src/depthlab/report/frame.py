"""The frame of every figure: its panels, their grid and ticks, and the legend beside or below them.

A figure is drawn for a page, or for the column of a paper: `with drawn_for(width=3.25, font="serif", size=8):`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

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
_LEAST_HEIGHT = 2.0  # inches, of a row of panels in a paper


_WIDTH: ContextVar[float | None] = ContextVar("figure_width", default=None)


@contextmanager
def drawn_for(width: float | None = None, font: str | None = None, size: float | None = None) -> Iterator[None]:
    """Draw and write all figures within for the column of a paper.

    Args:
        width: Of each figure, in inches; None for as much as a page has room.
        font: Its family; None for a page's.
        size: Of letters, in points; None for a page's.
    """
    letters: Any = {"font.size": size or _PAGE} | ({"font.family": font} if font else {})
    letters |= {"axes.titlesize": "medium"} if width is not None else {}
    token = _WIDTH.set(width)
    try:
        with rc_context(letters):
            yield
    finally:
        _WIDTH.reset(token)


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
    width = _WIDTH.get()
    if width is not None:
        size = (width, max(_LEAST_HEIGHT * rows, size[1] * width / size[0]))
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
    if place == "below" or _WIDTH.get() is not None:  # a column has no room beside its panels
        fitting = max(1, min(columns, len(labels), int(of.get_figwidth() / 1.5)))
        return of.legend(handles, labels, loc="outside lower center", ncols=fitting, **look)
    return of.legend(handles, labels, loc="outside right center", **look)
