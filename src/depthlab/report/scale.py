"""How an axis of study lies along a line: linear, logarithmic, or as categories."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, final

from matplotlib.ticker import LogLocator, MaxNLocator

_SPAN = 30  # numbers whose largest is so many times their smallest are laid out by their logarithm
_FEW = 8  # so many numbers have a tick each
_MOST = 24  # so many categories have one
_LONGEST = 20  # characters of a label


@final
@dataclass(frozen=True)
class Scale:
    """Where the values of an axis lie. `numeric` scales measure; others give each value a place of its own."""

    values: tuple[Any, ...]  # the distinct ones; sorted if they are numbers
    numeric: bool
    log: bool

    def place(self, value: Any) -> float:
        """Return the coordinate of a value: itself, or its rank among the categories."""
        return float(value) if self.numeric else float(self.values.index(value))

    @property
    def ticks(self) -> list[float]:
        """Coordinates of the ticks: of every value if they are few, else of round numbers, or of some categories."""
        if not self.numeric:
            return [float(place) for place in range(0, len(self.values), -(-len(self.values) // _MOST) or 1)]
        low, high = float(self.values[0]), float(self.values[-1])
        if len(self.values) <= _FEW:
            return [float(value) for value in self.values]
        found = LogLocator().tick_values(low, high) if self.log else MaxNLocator(6).tick_values(low, high)
        return [float(tick) for tick in found if low <= tick <= high]

    @property
    def labels(self) -> list[str]:
        """What to write at the ticks."""
        if self.numeric:
            return [f"{tick:.4g}" for tick in self.ticks]
        return [shorten(show(self.values[int(tick)])) for tick in self.ticks]

    @property
    def limits(self) -> tuple[float, float]:
        """Where a figure begins and ends, so that every value is inside."""
        if not self.numeric:
            return -0.6, max(len(self.values), 1) - 0.4
        low, high = float(self.values[0]), float(self.values[-1])
        if self.log:
            room = (high / low) ** 0.05
            return low / room, high * room
        room = 0.05 * ((high - low) or abs(high) or 1.0)
        return low - room, high + room

    def share(self, value: Any) -> float:
        """Return where the value lies on a line of length 1; categories lie in the middle of equal parts of it."""
        if not self.numeric:
            return (self.place(value) + 0.5) / len(self.values)
        low, high, own = (
            math.log(number) if self.log else float(number) for number in (self.values[0], self.values[-1], value)
        )
        return 0.5 if high == low else (own - low) / (high - low)


def scale_of(values: Iterable[Any]) -> Scale:
    """Choose how to lay out the values of an axis.

    Numbers are measured, by their logarithm if they span more than a decade and a half. Where zero is among numbers
    that do, no measure shows all of them, so they become categories in order; so do lists and words, in the order in
    which they come.
    """
    distinct: list[Any] = []
    for value in values:
        if value not in distinct:
            distinct.append(value)
    if not distinct or not all(_is_number(value) for value in distinct):
        return Scale(tuple(distinct), numeric=False, log=False)
    ordered = tuple(sorted(distinct))
    positive = [value for value in ordered if value > 0]
    spans = bool(positive) and positive[-1] / positive[0] >= _SPAN
    if spans and len(positive) < len(ordered):
        return Scale(ordered, numeric=len(ordered) > _FEW, log=False)
    return Scale(ordered, numeric=True, log=spans)


def shorten(text: str, longest: int = _LONGEST) -> str:
    """Return the text, cut to what a figure has room for."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def show(value: Any) -> str:
    """Return a value as it is typed on the command line, short."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value, separators=(",", ":"), default=str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
