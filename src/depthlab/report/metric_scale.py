"""The scale of a metric: logarithmic where the worst value is many times the best, with numbers that can be read."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullFormatter, NullLocator

RATIO = 10


def is_logarithmic(values: Sequence[float]) -> bool:
    """Whether the worst value is ten times the best, and all are above zero."""
    return bool(values) and min(values) > 0 and max(values) / min(values) >= RATIO


def metric_ticks(values: Sequence[float]) -> list[float]:
    """Return round numbers over the range of the values: 1, 2, 5, 10, ... on a logarithmic scale."""
    low, high = min(values), max(values)
    if not is_logarithmic(values):
        return [float(tick) for tick in MaxNLocator(6).tick_values(low, high)]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 5) if len(powers) <= 4 else (1,)
    ticks = [factor * 10.0**power for power in powers for factor in factors]
    first = max((tick for tick in ticks if tick <= low), default=ticks[0])
    last = min((tick for tick in ticks if tick >= high), default=ticks[-1])
    return [tick for tick in ticks if first <= tick <= last]


def set_metric_scale(axes: Axes, values: Sequence[float]) -> None:
    """Lay the values out along y, with a little room at both ends."""
    if not values:
        axes.set_yticks([])
        return
    low, high = min(values), max(values)
    if is_logarithmic(values):
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_minor_formatter(NullFormatter())
        ticks = metric_ticks(values)
        axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        room = (high / low) ** 0.08
        axes.set_ylim(low / room, high * room)
        return
    room = 0.08 * ((high - low) or abs(high) or 1.0)
    axes.set_ylim(0.0 if 0 <= low < 0.5 * high else low - room, high + room)
