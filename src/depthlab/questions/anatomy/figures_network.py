"""A network as a picture: units from top to bottom, equal ones folded, skips as arcs around what they skip."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.path import Path as Outline

from depthlab.questions.anatomy.figures_folds import Fold, fold
from depthlab.questions.anatomy.figures_layout import (
    THIN,
    NetworkLayout,
    Point,
    Wire,
    height_of,
    skips,
    widest,
    width_of,
)
from depthlab.questions.anatomy.record import NetworkCard, Piece
from depthlab.report.palette import COLORS

BLUE, ORANGE, GREEN, PINK, YELLOW, _, BLACK, BROWN = COLORS
_EDGES = {
    "convolution": BLUE,
    "linear": BLACK,
    "pooling": BROWN,
    "padding": "#808080",
    "normalization": GREEN,
    "activation": ORANGE,
    "dropout": PINK,
}
_FILLS = {"convolution": "#e9f1f7", "pooling": "#f3efe8", "linear": "#f0f0f0", "padding": "#f7f7f7"}
_FLOW, _SKIP = "#5a5a5a", YELLOW
_MARGIN, _HEADER, _LEGEND = 0.12, 0.42, 0.34
_LEFT = 0.42  # beside the units: the stage's name
_LETTER = 0.066  # width of one, about, in what is written on the right
_PAD, _BETWEEN = 0.12, 0.17  # inside of a unit's frame, and between frames
_LINE = 0.155  # of text, in inches
_BADGE = 0.44
_SIGNS = {"sum": "+", "product": "×"}


def draw_networks(cards: Sequence[NetworkCard]) -> Figure:
    """Draw one network, or several side by side: what each unit is made of, puts out, sees and costs."""
    panels = [_Panel.of(card) for card in cards]
    width = 2 * _MARGIN + sum(panel.width for panel in panels) + 0.25 * (len(panels) - 1)
    height = 2 * _MARGIN + _HEADER + max(panel.height for panel in panels) + _LEGEND
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    left = _MARGIN
    for panel in panels:
        panel.draw(axes, left, _MARGIN)
        left += panel.width + 0.25
    _draw_legend(axes, [one.piece for panel in panels for one in panel.folds], height)
    return figure


@final
@dataclass(frozen=True)
class _Panel:
    """One network's column of the picture."""

    card: NetworkCard
    folds: tuple[Fold, ...]
    layer: float  # width of a layer

    @classmethod
    def of(cls, card: NetworkCard) -> "_Panel":
        folds = tuple(fold(card.blocks))
        paths = max(widest(one.piece) for one in folds)
        return cls(card, folds, 1.2 if paths < 3 else 0.98)

    @property
    def inner(self) -> float:
        """Width of a unit's frame."""
        rooms = [2 * _BADGE if one.count > 1 else 0.0 for one in self.folds]
        widths = [width_of(one.piece, self.layer) for one in self.folds]
        return max(width + room for width, room in zip(widths, rooms, strict=True)) + 2 * _PAD

    @property
    def width(self) -> float:
        longest = max((len(line) for one in self.folds for line in one.lines), default=0)
        return _LEFT + self.inner + 0.2 + _LETTER * longest

    @property
    def height(self) -> float:
        return sum(_frame_height(one) + _BETWEEN for one in self.folds)

    def draw(self, axes: Axes, left: float, top: float) -> None:
        x = left + _LEFT + self.inner / 2
        image = "×".join(map(str, self.card.image))
        axes.text(x, top + 0.09, self.card.name, ha="center", va="center", fontsize=10.5, fontweight="bold")
        axes.text(x, top + 0.27, f"images of {image}", ha="center", va="center", fontsize=8, color="0.35")
        y = top + _HEADER
        for where, members in groupby(self.folds, key=lambda one: one.where):
            start = y + _BETWEEN
            for one in members:
                _draw_wire(axes, Wire(((x, y), (x, y + _BETWEEN + _gap(one)))))
                y = self._draw_fold(axes, one, left + _LEFT, y + _BETWEEN)
            _draw_stage(axes, where, left + _LEFT - 0.14, start, y)

    def _draw_fold(self, axes: Axes, one: Fold, left: float, top: float) -> float:
        height, inner = _frame_height(one), self.inner
        _rounded(axes, left, top, inner, height, radius=0.07, edgecolor="0.78", facecolor="none", linewidth=0.8)
        layout = NetworkLayout(self.layer)
        x = left + inner / 2
        end = layout.place(one.piece, x, top + _gap(one))
        _draw_layout(axes, layout)
        _draw_wire(axes, Wire(((x, end), (x, top + height))))
        if one.count > 1:
            text = f"× {one.count}"
            axes.text(left + 0.07, top + 0.13, text, ha="left", va="center", fontsize=9, fontweight="bold", color=BLUE)
        middle = top + height / 2 - _LINE * (len(one.lines) - 1) / 2
        for number, line in enumerate(one.lines):
            color = "0.1" if number == 0 else "0.35"
            axes.text(left + inner + 0.1, middle + _LINE * number, line, va="center", fontsize=8, color=color)
        return top + height


def _gap(one: Fold) -> float:
    """Return the room between a frame and what is in it; it grows where the lines beside need it."""
    return (_frame_height(one) - height_of(one.piece)) / 2


def _frame_height(one: Fold) -> float:
    return max(height_of(one.piece) + 2 * _PAD, _LINE * len(one.lines) + 0.06)


def _draw_layout(axes: Axes, layout: NetworkLayout) -> None:
    for wire in sorted(layout.wires, key=lambda wire: wire.skip):
        _draw_wire(axes, wire)
    for box in layout.boxes:
        edge = _EDGES.get(box.kind, "0.5")
        if box.kind in THIN:
            _rounded(axes, box.x, box.y, box.width, box.height, radius=0.03, facecolor=edge, edgecolor="none")
            continue
        fill = _FILLS.get(box.kind, "#f7f7f7")
        _rounded(axes, box.x, box.y, box.width, box.height, radius=0.05, facecolor=fill, edgecolor=edge, linewidth=1)
        size = min(8.0, 8.0 * (box.width - 0.08) / (0.062 * max(1, len(box.label))))
        middle = box.x + box.width / 2, box.y + box.height / 2 + 0.005
        axes.text(*middle, box.label, ha="center", va="center", fontsize=size, zorder=4)
    for sign in layout.signs:
        if sign.kind in _SIGNS:
            axes.add_patch(Circle((sign.x, sign.y), 0.085, facecolor="white", edgecolor=_FLOW, linewidth=1, zorder=4))
            axes.text(sign.x, sign.y, _SIGNS[sign.kind], ha="center", va="center_baseline", fontsize=10, zorder=5)
            continue
        place = (sign.x - 0.3, sign.y - 0.085, 0.6, 0.17)
        _rounded(axes, *place, radius=0.08, facecolor="white", edgecolor=_FLOW, linewidth=1, zorder=4)
        axes.text(sign.x, sign.y + 0.005, "concat", ha="center", va="center", fontsize=7.5, zorder=5)


def _draw_wire(axes: Axes, wire: Wire) -> None:
    """Draw a line with round corners: a skip in its own color."""
    vertices, codes = _rounded_line(wire.points, 0.16 if wire.skip else 0.06)
    style: dict[str, Any] = {"edgecolor": _SKIP if wire.skip else _FLOW, "linewidth": 1.9 if wire.skip else 1.0}
    axes.add_patch(PathPatch(Outline(vertices, codes), facecolor="none", zorder=3 if wire.skip else 1, **style))


def _rounded_line(points: Sequence[Point], radius: float) -> tuple[list[Point], list[Any]]:
    vertices, codes = [points[0]], [Outline.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_toward(corner, before, radius), corner, _toward(corner, after, radius)]
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    return [*vertices, points[-1]], [*codes, Outline.LINETO]


def _toward(start: Point, end: Point, most: float) -> Point:
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    share = min(most, length / 2) / length if length else 0.0
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _rounded(
    axes: Axes, x: float, y: float, width: float, height: float, *, radius: float, zorder: int = 2, **style: Any
) -> None:
    shape = f"round,pad=0,rounding_size={radius}"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=shape, zorder=zorder, **style))


def _draw_stage(axes: Axes, where: str, x: float, top: float, bottom: float) -> None:
    if not where:
        return
    axes.plot([x + 0.05, x, x, x + 0.05], [top, top, bottom, bottom], color="0.6", linewidth=1)
    middle = (top + bottom) / 2
    axes.text(x - 0.12, middle, where, ha="center", va="center", rotation=90, fontsize=8.5, color="0.25")


def _draw_legend(axes: Axes, pieces: Sequence[Piece], height: float) -> None:
    """Tell the colors of bars without words, and what an arc is."""
    leaves = [leaf for piece in pieces for leaf in _leaves(piece)]
    x, y = _MARGIN + _LEFT, height - _MARGIN - 0.1
    for kind in THIN:
        labels = list(dict.fromkeys(piece.label for piece in leaves if piece.kind == kind))
        if labels:
            _rounded(axes, x, y - 0.045, 0.26, 0.085, radius=0.03, facecolor=_EDGES[kind], edgecolor="none")
            x = _write(axes, x + 0.32, y, ", ".join(labels))
    if any(skips(piece) for piece in pieces):
        _draw_wire(axes, Wire(((x, y), (x + 0.26, y)), skip=True))
        _write(axes, x + 0.32, y, "skip")


def _write(axes: Axes, x: float, y: float, text: str) -> float:
    axes.text(x, y, text, va="center", fontsize=8, color="0.25")
    return x + _LETTER * len(text) + 0.22


def _leaves(piece: Piece) -> list[Piece]:
    return [leaf for part in piece.parts for leaf in _leaves(part)] if piece.parts else [piece]
