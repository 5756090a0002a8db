"""Networks, layers and the arithmetic of convolutions as tables of a page."""

import re
import statistics
from collections.abc import Sequence

from depthlab.questions.anatomy.record import AnatomyRecord, ConvolutionCheck, Growth, NetworkCard, PassTimes, Tradeoff
from depthlab.report.blocks import PageTable
from depthlab.report.counts import size_text

COST_WORDS = {
    "parameters": "parameters",
    "multiply_adds": "multiply-adds",
    "kept": "kept for backward",
    "peak": "peak at inference",
    "forward": "forward time",
    "training": "forward and backward time",
}


def file_name(name: str) -> str:
    """Return a network's name as a part of a file's."""
    return re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-.") or "network"


def _spread(of: str) -> tuple[str, ...]:
    return f"{of} (ms)", f"fastest {of}", f"slowest {of}"


def network_table(record: AnatomyRecord, name: str) -> PageTable:
    """Return a row for each network: the axes that vary, counts, bytes and times."""
    timed = {one.network: one for one in record.times}
    axes = [axis for axis in record.axes if any(axis in card.values for card in record.cards)]
    times = (*_spread("forward"), *_spread("training")) if timed else ()
    rows = [
        (
            *(card.name, *(card.values.get(axis) for axis in axes), card.parameters, card.multiply_adds),
            *(card.kept, card.kept_once, card.peak, _field(card.field)),
            *(_times(timed.get(card.name)) if timed else ()),
        )
        for card in record.cards
    ]
    sizes = ("kept an image (bytes)", "kept once (bytes)", "peak (bytes)", "sees (pixels)")
    told = (
        f" Times are medians over {len(record.times[0].forward)} rounds of a batch of {record.batch}." if timed else ""
    )
    return PageTable(
        ("network", *axes, "parameters", "multiply-adds", *sizes, *times),
        tuple(rows),
        f"Counts for one image, memory in float32.{told}",
        name,
    )


def stage_table(card: NetworkCard) -> PageTable:
    """Return a row for each stage, and one for the network."""
    places = list(dict.fromkeys(block.where for block in card.blocks))
    rows: list[tuple[object, ...]] = []
    for where in places:
        inside = [one for one in card.blocks if one.where == where]
        units = len(inside) if where.startswith("stage") else None
        layers = [one for one in card.layers if one.where == where]
        kept = None if card.kept is None else sum(one.kept or 0 for one in layers)
        rows.append(
            (
                *(where or "all", units, _shape(inside[-1].output), _field(inside[-1].field)),
                *(sum(one.parameters for one in layers), sum(one.multiply_adds for one in layers), kept),
            )
        )
    units = sum(block.where.startswith("stage") for block in card.blocks) or None
    total = (card.parameters, card.multiply_adds, card.kept)
    rows.append(("in all", units, _shape(card.blocks[-1].output), _field(card.field), *total))
    return PageTable(
        ("where", "units", "output", "sees (pixels)", "parameters", "multiply-adds", "kept an image (bytes)"),
        tuple(rows),
        f"{card.name}. What a stage puts out and sees is what its last unit does."
        + (" Auxiliary heads, which work in training alone, are counted in the last row." if _helped(card) else ""),
        f"stages_{file_name(card.name)}",
    )


def layer_table(card: NetworkCard) -> PageTable:
    """Return a row for each layer, in the order in which they run."""
    rows = [
        (
            *(one.name, one.where or None, one.kind, one.label, _shape(one.output)),
            *("all" if one.sees_all else _field(one.field), None if one.step is None else _pair(one.step)),
            *(one.parameters, one.multiply_adds, one.kept),
        )
        for one in card.layers
    ]
    head = (
        *("layer", "where", "kind", "what", "output", "sees (pixels)", "step (pixels)"),
        *("parameters", "multiply-adds", "kept an image (bytes)"),
    )
    return PageTable(head, tuple(rows), name=f"layers_{file_name(card.name)}")


def convolution_table(name: str, checks: Sequence[ConvolutionCheck]) -> PageTable:
    """Return a row for each shape of convolution: closed forms beside counts."""
    rows = [
        (
            *(one.label, one.layers, size_text(one.input), size_text(one.output), size_text(one.output_closed)),
            *(one.parameters, one.parameters_closed, one.multiply_adds, one.multiply_adds_closed),
            "yes" if one.agrees else "no",
        )
        for one in checks
    ]
    return PageTable(
        (
            *("convolution", "layers", "input", "output", "output by the closed form", "parameters"),
            *("parameters by the closed form", "multiply-adds", "multiply-adds by the closed form", "equal"),
        ),
        tuple(rows),
        f"{name}, each of so many layers.",
        f"convolutions_{file_name(name)}",
    )


def tradeoff_table(one: Tradeoff) -> PageTable:
    """Return a row for each way to do the same, with its cost relative to the first."""
    first = one.alternatives[0]
    rows = [
        (
            *(each.name, each.formula, _pair((each.output, each.output)), each.parameters, each.parameters_counted),
            *(each.multiply_adds, each.multiply_adds_counted, each.multiply_adds / first.multiply_adds),
            *(_pair(each.field), each.nonlinearities, "yes" if each.agrees else "no"),
        )
        for each in one.alternatives
    ]
    return PageTable(
        (
            *("way", "weights", "output", "parameters", "parameters counted", "multiply-adds", "multiply-adds counted"),
            *("relative", "sees (pixels)", "non-linearities", "equal"),
        ),
        tuple(rows),
        f"{one.title}: closed forms, counts beside them, and multiply-adds relative to the first.",
        f"arithmetic_{one.name}",
    )


def growth_table(growth: Sequence[Growth], name: str) -> PageTable:
    """Return a row for each axis: by what a doubling multiplies each cost."""
    costs = [cost for cost in COST_WORDS if any(cost in one.factors for one in growth)]
    rows = [(one.axis, *(one.factors.get(cost) for cost in costs), one.networks) for one in growth]
    return PageTable(
        ("axis", *(COST_WORDS[cost] for cost in costs), "networks"),
        tuple(rows),
        "By what a doubling of the axis multiplies each cost: slopes of logarithms by least squares, within groups of "
        "networks that differ in this axis alone.",
        name,
    )


def times_table(times: Sequence[PassTimes], name: str) -> PageTable:
    """Return a row for each round of each network."""
    rows = [
        (one.network, number, 1000 * forward, 1000 * training)
        for one in times
        for number, (forward, training) in enumerate(zip(one.forward, one.training, strict=True), 1)
    ]
    return PageTable(("network", "round", "forward (ms)", "forward and backward (ms)"), tuple(rows), name=name)


def _times(one: PassTimes | None) -> tuple[float | None, ...]:
    if one is None:
        return (None,) * 6
    return tuple(
        1000 * value
        for seconds in (one.forward, one.training)
        for value in (statistics.median(seconds), min(seconds), max(seconds))
    )


def _helped(card: NetworkCard) -> bool:
    return any(one.where == "auxiliary" for one in card.layers)


def _shape(shape: tuple[int, ...] | None) -> str | None:
    return None if shape is None else size_text(shape)


def _field(pair: tuple[int, int] | None) -> str | None:
    return None if pair is None else _pair(pair)


def _pair(pair: tuple[int, int]) -> str:
    return f"{pair[0]}×{pair[1]}"
