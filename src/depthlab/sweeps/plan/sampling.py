"""Random search: the i-th sample of a space is a function of the seed and i, so that a sweep can be taken up again."""

import math
import random
from collections.abc import Iterator

from depthlab.recipe import SearchInterval, Space


def random_combinations(space: Space, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield combinations of the space without an end, each axis drawn by itself; they may repeat."""
    i = 0
    while True:
        draw = random.Random(f"{seed}/{i}")
        drawn = {key: draw.choice(values) for key, values in space.choices.items()}
        drawn |= {key: between(interval, draw.random()) for key, interval in space.intervals.items()}
        yield space.words(drawn)
        i += 1


def between(interval: SearchInterval, share: float) -> str:
    """Return the value at a share of the way through an interval, as it is typed, with six digits.

    Log intervals are gone through on the scale of logarithms; whole ones include both ends.
    """
    low, high = interval.low, interval.high
    if interval.whole:  # each whole number takes an equal part of the way
        low, high = low - 0.5, high + 0.5
    if interval.log:
        value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    else:
        value = low + share * (high - low)
    if interval.whole:
        return str(round(min(max(value, interval.low), interval.high)))
    return typed(value, low, high)


def typed(value: float, low: float, high: float) -> str:
    """Return a number as it is typed: with six digits, or all of them where six would lead out of the interval."""
    value = min(max(value, low), high)
    text = f"{value:.6g}"
    return text if low <= float(text) <= high else repr(value)
