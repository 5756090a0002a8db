"""Cards with made-up costs, that grow as they are told to."""

from typing import Any

from depthlab.questions.anatomy.record import NetworkCard, PassTimes


def card(name: str, values: dict[str, Any], **costs: Any) -> NetworkCard:
    """Return a card of a network without blocks."""
    usual = {"parameters": 100, "multiply_adds": 1000, "kept": 4000, "kept_once": 0, "peak": 800, "field": None}
    return NetworkCard(
        name=name, words=(), values=values, image=(3, 32, 32), classes=10, blocks=(), layers=(), **usual | costs
    )


def grid() -> tuple[list[NetworkCard], list[PassTimes]]:
    """Return six networks: parameters go with depth and with the square of width, time with the root of depth."""
    cards, times = [], []
    for depth in (10, 20, 40):
        for width in (1, 2):
            name = f"net-{depth} width={width}"
            costs = {"parameters": depth * width**2, "multiply_adds": 50 * depth * width**2, "kept": depth * width}
            cards.append(card(name, {"depth": depth, "width": width}, **costs))
            middle = depth**0.5 * width
            times.append(PassTimes(name, (middle, 0.9 * middle, 1.3 * middle), (3 * middle,) * 3))
    return cards, times
