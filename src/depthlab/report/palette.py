"""Colors, markers and line styles that people tell apart whatever colors they see, in print too.

Source: Okabe and Ito, Color Universal Design, 2008, without its yellow, which vanishes on white.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap, to_hex

BROKEN = "#8c1515"  # what has no value
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8c6d31")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (7, 3)))

# From dark to light it shows what is good to what is bad. Without the lightest end, which white paper swallows.
GOOD_TO_BAD = ListedColormap(colormaps["viridis"](np.linspace(0.0, 0.92, 256)), name="good_to_bad")


@final
@dataclass(frozen=True)
class Style:
    """How one group of trials is drawn."""

    color: str
    marker: str
    line: Any


def styles(places: Sequence[Sequence[int]], *, ordered: bool) -> list[Style]:
    """Return a look for each of up to eight groups.

    Groups by two keys have the color of the first one, and marker and line of the second.

    Args:
        places: For each group, the place of its value among those of each key by which trials are grouped.
        ordered: Whether the groups are those of one numeric key; they are shades from dark to light.
    """
    assert len(places) <= len(COLORS), f"{len(places)} groups can't be told apart"
    if places and len(places[0]) == 2:
        return [Style(COLORS[first], MARKERS[second], LINES[second]) for first, second in places]
    if not ordered or len(places) <= 2:
        return [Style(COLORS[place], MARKERS[place], LINES[place]) for place in range(len(places))]
    shades = colormaps["viridis"](np.linspace(0.0, 0.85, len(places)))
    return [Style(to_hex(shade), MARKERS[place], "-") for place, shade in enumerate(shades)]
