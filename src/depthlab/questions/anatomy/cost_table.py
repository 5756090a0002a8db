"""The costs of networks as lines of text, for the terminal."""

from collections.abc import Iterable, Sequence

from depthlab.questions.anatomy.record import NetworkCard, PassTimes
from depthlab.questions.anatomy.verdict import costs_of
from depthlab.questions.anatomy.wording import bytes_text, seconds_text

HEAD = ("network", "parameters", "multiply-adds", "kept an image", "peak", "forward", "training")


def cost_table(cards: Iterable[NetworkCard], times: Iterable[PassTimes], left_out: Iterable[str]) -> list[str]:
    """Return a line for each network, and one for each that was left out."""
    times_of = {one.network: one for one in times}
    rows: list[tuple[str, ...]] = [HEAD]
    for card in cards:
        costs = costs_of(card, times_of.get(card.name))
        seconds = [seconds_text(costs[name]) if name in costs else "-" for name in ("forward", "training")]
        sizes = [bytes_text(size) if size is not None else "-" for size in (card.kept, card.peak)]
        rows.append((card.name, f"{card.parameters:,}", f"{card.multiply_adds:,}", sizes[0], sizes[1], *seconds))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [*(_line(row, widths) for row in rows), *(f"left out: {reason}" for reason in left_out)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = row
    return "  ".join([first.ljust(widths[0]), *map(str.rjust, others, widths[1:])])
