"""Where the layers of a unit, its paths and their merging stand: lengths in inches, y downward."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, final

from depthlab.questions.anatomy.figures_folds import visible
from depthlab.questions.anatomy.record import Piece

MERGES = ("sum", "concat", "product")
THIN = ("normalization", "activation", "dropout")  # bars without words: a legend tells their colors
TALL_HEIGHT, THIN_HEIGHT = 0.25, 0.085
GAP = 0.065  # between layers in series
FAN = 0.17  # between where paths part and their first layers
MERGE = 0.24  # height that the sign of merging takes
BETWEEN = 0.14  # paths side by side
BYPASS, NEXT_BYPASS = 0.2, 0.13  # from the widest layer to a path without layers, and on to the next

Point = tuple[float, float]


@final
@dataclass(frozen=True)
class Box:
    """A layer; x and y are those of its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str


@final
@dataclass(frozen=True)
class Wire:
    """A line that features run along; `skip` marks a path without layers, an arc around the others."""

    points: tuple[Point, ...]
    skip: bool = False


@final
@dataclass(frozen=True)
class Sign:
    """Where paths are merged, around its middle."""

    x: float
    y: float
    kind: Literal["sum", "concat", "product"] | str


@final
@dataclass
class NetworkLayout:
    """What is to be drawn."""

    width: float  # of one layer
    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)

    def place(self, piece: Piece, x: float, y: float) -> float:
        """Put a piece with its middle at x under y, and return where it ends."""
        if piece.kind in MERGES and len(piece.parts) > 1:
            return self._beside(piece, x, y)
        if piece.kind == "series" or piece.parts:
            return self._series(_members(piece), x, y)
        height = height_of(piece)
        self.boxes.append(Box(x - self.width / 2, y, self.width, height, piece.kind, piece.label))
        return y + height

    def _series(self, pieces: Sequence[Piece], x: float, y: float) -> float:
        for number, piece in enumerate(pieces):
            if number:
                self.wires.append(Wire(((x, y), (x, y + GAP))))
                y += GAP
            y = self.place(piece, x, y)
        return y

    def _beside(self, piece: Piece, x: float, y: float) -> float:
        columns, bypasses = _columns(piece)
        widths = [width_of(one, self.width) for one in columns]
        whole = sum(widths) + BETWEEN * max(0, len(widths) - 1)
        ends, left = [], x - whole / 2
        top = y + FAN
        middles = []
        for column, width in zip(columns, widths, strict=True):
            middles.append(left + width / 2)
            left += width + BETWEEN
            ends.append(self.place(column, middles[-1], top))
        bottom = max(ends, default=top + TALL_HEIGHT)
        joint = bottom + FAN
        for middle, end in zip(middles, ends, strict=True):
            self.wires.append(Wire(_step(x, y, middle, top, y + FAN / 3)))
            self.wires.append(Wire(_step(middle, end, x, joint, bottom + FAN / 2)))
        for number in range(bypasses):
            side = x + whole / 2 + BYPASS + NEXT_BYPASS * number
            self.wires.append(Wire(((x, y), (side, y), (side, joint + MERGE / 2), (x, joint + MERGE / 2)), skip=True))
        self.signs.append(Sign(x, joint + MERGE / 2, piece.kind))
        return joint + MERGE


def height_of(piece: Piece) -> float:
    """Return how high a piece is."""
    if piece.kind in MERGES and len(piece.parts) > 1:
        columns, _ = _columns(piece)
        return 2 * FAN + MERGE + max((height_of(one) for one in columns), default=TALL_HEIGHT)
    if piece.kind == "series" or piece.parts:
        heights = [height_of(one) for one in _members(piece)]
        return sum(heights) + GAP * max(0, len(heights) - 1)
    return THIN_HEIGHT if piece.kind in THIN else TALL_HEIGHT


def width_of(piece: Piece, layer: float) -> float:
    """Return how wide a piece is around its middle, where one layer has the width `layer`."""
    if piece.kind in MERGES and len(piece.parts) > 1:
        columns, bypasses = _columns(piece)
        widths = [width_of(one, layer) for one in columns]
        room = 2 * (BYPASS + NEXT_BYPASS * (bypasses - 1)) if bypasses else 0.0
        return sum(widths) + BETWEEN * max(0, len(widths) - 1) + room
    if piece.kind == "series" or piece.parts:
        return max((width_of(one, layer) for one in _members(piece)), default=layer)
    return layer


def widest(piece: Piece) -> int:
    """Return how many paths with layers stand side by side, at most."""
    if piece.kind in MERGES and len(piece.parts) > 1:
        return max(1, sum(widest(one) for one in _columns(piece)[0]))
    return max((widest(one) for one in piece.parts), default=1)


def skips(piece: Piece) -> bool:
    """Tell whether a piece has a path without layers beside others."""
    beside = piece.kind in MERGES and len(piece.parts) > 1 and _columns(piece)[1] > 0
    return beside or any(skips(one) for one in piece.parts)


def _columns(piece: Piece) -> tuple[list[Piece], int]:
    """Return the paths that have layers, and how many have none."""
    columns = [one for one in piece.parts if _members(one)]
    return columns, len(piece.parts) - len(columns)


def _members(piece: Piece) -> list[Piece]:
    """Return what stands in series; a merge of one path is that path."""
    if piece.kind == "series":
        return visible(piece.parts)
    if piece.kind in MERGES and len(piece.parts) == 1:
        return _members(piece.parts[0])
    return [piece]


def _step(x: float, y: float, to_x: float, to_y: float, turn: float) -> tuple[Point, ...]:
    """Return a line down, across and down again."""
    return ((x, y), (to_x, to_y)) if x == to_x else ((x, y), (x, turn), (to_x, turn), (to_x, to_y))
