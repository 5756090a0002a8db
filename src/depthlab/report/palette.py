"""Colors, markers and line styles that people tell apart whatever colors they see, in print too.

Source: Okabe and Ito, Color Universal Design, 2008, without its yellow, which vanishes on white.
"""

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap, to_hex

BROKEN = "#8c1515"  # what has no value
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8c6d31")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
_LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (7, 3)))

# From dark to light it shows what is good to what is bad. Without the lightest end, which white paper swallows.
GOOD_TO_BAD = ListedColormap(colormaps["viridis"](np.linspace(0.0, 0.92, 256)), name="good_to_bad")


@final
@dataclass(frozen=True)
class Style:
    """How one group of trials is drawn."""

    color: str
    marker: str
    line: Any


def styles(count: int, *, ordered: bool) -> list[Style]:
    """Return a look for each of up to eight groups; shades from dark to light if the groups have an order."""
    assert count <= len(_COLORS), f"{count} groups can't be told apart"
    shades = colormaps["viridis"](np.linspace(0.0, 0.85, max(count, 1)))
    colors = [to_hex(shade) for shade in shades] if ordered and count > 2 else list(_COLORS)
    lines = ["-"] * count if ordered else list(_LINES)
    return [Style(colors[place], _MARKERS[place], lines[place]) for place in range(count)]
