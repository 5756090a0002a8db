"""The networks of a question: which belong together, and how each is drawn wherever it appears."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from depthlab.records import MeasuredRun
from depthlab.report.palette import COLORS, LINES, MARKERS

_LIGHTEST = 0.55  # share of white in the color of the shallowest network of a series


@final
@dataclass(frozen=True)
class Drawn:
    """A network with its finished runs, and its look."""

    name: str  # reads: plain-56
    series: str
    place: float  # depth as a number
    depth: Any
    runs: tuple[MeasuredRun, ...]
    color: str  # of the network: the deeper, the nearer to its series' color
    line: Any
    marker: str  # of the series


def drawn_networks(runs: Iterable[MeasuredRun]) -> list[Drawn]:
    """Return the networks by series and depth. A series has a color and a marker, its depths are shades and dashes."""
    groups: dict[str, dict[str, list[MeasuredRun]]] = {}
    for run in runs:
        groups.setdefault(run.series, {}).setdefault(run.network, []).append(run)
    found = []
    for number, networks in enumerate(groups.values()):
        ordered = sorted(networks.values(), key=lambda same: same[0].place)
        shares = np.linspace(_LIGHTEST, 0.0, len(ordered)) if len(ordered) > 1 else [0.0]
        for place, (same, share) in enumerate(zip(ordered, shares, strict=True)):
            first = same[0]
            found.append(
                Drawn(
                    first.network,
                    first.series,
                    first.place,
                    first.depth,
                    tuple(sorted(same, key=lambda run: run.seed)),
                    lighter(series_color(number), float(share)),
                    LINES[(len(ordered) - 1 - place) % len(LINES)],
                    MARKERS[number % len(MARKERS)],
                )
            )
    return found


def by_series(networks: Sequence[Drawn]) -> dict[str, list[Drawn]]:
    """Return the networks of each series, the shallowest first."""
    groups: dict[str, list[Drawn]] = {}
    for network in networks:
        groups.setdefault(network.series, []).append(network)
    return groups


def series_color(number: int) -> str:
    """Return the color of the series with this number."""
    return COLORS[number % len(COLORS)]


def lighter(color: str, share: float) -> str:
    """Mix a color with white."""
    red, green, blue = (channel + share * (1 - channel) for channel in to_rgb(color))
    return to_hex((red, green, blue))
