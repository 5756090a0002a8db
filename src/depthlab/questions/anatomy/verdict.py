"""How costs grow along an axis of a family, and what is said of networks that were not trained."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from depthlab.questions.anatomy.record import AnatomyRecord, Growth, NetworkCard, PassTimes
from depthlab.questions.anatomy.wording import bytes_text, seconds_text
from depthlab.questions.grouping import grouped

COSTS = ("parameters", "multiply_adds", "kept", "peak")
TIMES = ("forward", "training")
_WORDS = {
    "parameters": "parameters",
    "multiply_adds": "multiply-adds",
    "kept": "memory that is kept in training",
    "peak": "memory at inference",
    "forward": "forward time",
    "training": "time of a training pass",
}


def judge(record: AnatomyRecord) -> AnatomyRecord:
    """Return the record with how costs grow along its axes, and what is said of the networks."""
    growth = measure_growth(record.cards, record.times)
    return replace(record, growth=growth, verdict=tell_anatomy(record.cards, record.times, growth, record.batch))


def costs_of(card: NetworkCard, times: PassTimes | None) -> dict[str, float]:
    """Return a network's costs as numbers above 0: counts, bytes, and medians of seconds."""
    found = {name: getattr(card, name) for name in COSTS}
    if times is not None:
        found |= {name: statistics.median(getattr(times, name)) for name in TIMES}
    return {name: float(value) for name, value in found.items() if value}


def numeric_axes(cards: Sequence[NetworkCard]) -> list[str]:
    """Return the axes that vary and whose values are all numbers above 0."""
    axes = list(dict.fromkeys(axis for card in cards for axis in card.values))
    found = []
    for axis in axes:
        values = [card.values.get(axis) for card in cards]
        if all(_is_positive(value) for value in values) and len({str(value) for value in values}) > 1:
            found.append(axis)
    return found


def measure_growth(cards: Sequence[NetworkCard], times: Sequence[PassTimes]) -> tuple[Growth, ...]:
    """Return by what a doubling of each numeric axis multiplies each cost.

    That is 2 to the power of the slope of log cost along log axis, by least squares within groups of networks that
    differ in this axis alone. Costs that follow no power law still have such a slope: it is that of these networks.
    """
    timed = {one.network: one for one in times}
    costs = [costs_of(card, timed.get(card.name)) for card in cards]
    found = []
    for axis in numeric_axes(cards):
        factors = {}
        for name in (*COSTS, *TIMES):
            points = [(card.values, cost[name]) for card, cost in zip(cards, costs, strict=True) if name in cost]
            slope = _slope(axis, points)
            if slope is not None and len(points) == len(cards):
                factors[name] = 2**slope
        if factors:
            found.append(Growth(axis, factors, len(cards)))
    return tuple(found)


def _slope(axis: str, points: Sequence[tuple[Mapping[str, Any], float]]) -> float | None:
    def others(point: tuple[Mapping[str, Any], float]) -> str:
        return str(sorted((key, str(value)) for key, value in point[0].items() if key != axis))

    groups = grouped(points, others).values()
    logs = [np.log2([(values[axis], cost) for values, cost in members]) for members in groups]
    x, y = np.concatenate([group - group.mean(axis=0) for group in logs] or [np.empty((0, 2))]).T
    return float(x @ y / (x @ x)) if x.any() else None


def tell_anatomy(
    cards: Sequence[NetworkCard], times: Sequence[PassTimes], growth: Sequence[Growth], batch: int
) -> tuple[str, ...]:
    """Return what is said of the networks, in sentences."""
    if len(cards) == 1:
        return _tell_one(cards[0], times, batch)
    if len(cards) == 2:
        return _tell_two(cards[0], cards[1], times)
    said = [_tell_growth(one) for one in growth]
    return tuple(said) or (f"{len(cards)} networks beside each other; no axis that varies is a number.",)


def _tell_one(card: NetworkCard, times: Sequence[PassTimes], batch: int) -> tuple[str, ...]:
    image = "×".join(map(str, card.image))
    said = [
        f"{card.name} for images of {image} and {card.classes} classes has {card.parameters:,} parameters and takes "
        f"{card.multiply_adds:,} multiply-adds an image."
    ]
    if card.kept is not None and card.peak is not None:
        said.append(
            f"In training {bytes_text(card.kept)} of features are kept for each image's backward pass; when it only "
            f"answers, at most {bytes_text(card.peak)} are there at once."
        )
    if card.field is not None:
        said.append(
            f"A feature of the last unit sees {card.field[0]}×{card.field[1]} pixels along the longest path, "
            f"{_beside_image(card)}."
        )
    for one in times:
        rounds = "one round" if len(one.forward) == 1 else f"the median and range of {len(one.forward)} rounds"
        said.append(
            f"A batch of {batch} takes {_ranged_seconds(one.forward)} forward, and {_ranged_seconds(one.training)} "
            f"forward and backward in training: {rounds}."
        )
    return tuple(said)


def _beside_image(card: NetworkCard) -> str:
    assert card.field is not None
    high, wide = card.image[1:]
    if card.field[0] >= 2 * high - 1 and card.field[1] >= 2 * wide - 1:
        return "all of the image wherever the feature is"
    return "more than the image" if card.field[0] > high and card.field[1] > wide else "not all of the image"


def _tell_two(a: NetworkCard, b: NetworkCard, times: Sequence[PassTimes]) -> tuple[str, ...]:
    one, other = costs_of(a, None), costs_of(b, None)
    ratios = [_ratio(_WORDS[name], other[name] / one[name]) for name in COSTS if name in one and name in other]
    said = [f"{b.name} has, against {a.name}: {', '.join(ratios)}."]
    timed = {each.network: each for each in times}
    if a.name in timed and b.name in timed:
        rounds = [
            _ranged(
                _WORDS[name],
                [y / x for x, y in zip(getattr(timed[a.name], name), getattr(timed[b.name], name), strict=True)],
            )
            for name in TIMES
        ]
        said.append(
            f"Measured in turns, it takes {' and '.join(rounds)}: the median of the rounds' ratios, and their range."
        )
    return tuple(said)


def _ratio(words: str, ratio: float) -> str:
    return f"the same {words}" if ratio == 1 else f"{ratio:.3g} times the {words}"


def _ranged(words: str, ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.3g} times the {words} ({min(ratios):.3g} to {max(ratios):.3g})"


def _tell_growth(one: Growth) -> str:
    told = ", ".join(f"{_WORDS[name]} by {factor:.3g}" for name, factor in one.factors.items())
    return f"A doubling of {one.axis} multiplies {told}: slopes over {one.networks} networks."


def _ranged_seconds(seconds: Sequence[float]) -> str:
    middle, low, high = (seconds_text(value) for value in (statistics.median(seconds), min(seconds), max(seconds)))
    return middle if len(seconds) == 1 else f"{middle} ({low} to {high})"


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
