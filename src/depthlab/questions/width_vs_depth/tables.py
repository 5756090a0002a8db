"""Networks with their costs and errors, their comparisons at equal cost, and exchange rates, as tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from depthlab.questions.width_vs_depth.figures import UNITS
from depthlab.questions.width_vs_depth.record import (
    COSTS,
    FAR,
    WidthVsDepthRecord,
    cost_differences,
    matched_pairs,
)
from depthlab.records import ExchangeFit, Ratio
from depthlab.report.blocks import PageTable
from depthlab.report.cells import ERRORS, INTERVAL, INTERVAL_AT_COST, Parts, error_cells, interval_cell
from depthlab.report.comparison_table import comparison_table
from depthlab.report.published_table import fewest_images


def network_table(record: WidthVsDepthRecord, name: str) -> PageTable:
    """Return a row for each budget and axis: the network that was found, its costs, its errors, and the front."""
    requested = Counter(ref.group for ref in record.about.runs)
    front = {one.network: one for one in record.front if one.measure == "test error"}
    repeated = len({run.network for run in record.measured}) < len(record.measured)  # else all draws are alike
    rows = []
    for one in record.networks:
        found = [run for run in record.measured if run.network == one.network]
        stands = front.get(one.network)
        rows.append(
            (
                *(one.network, *error_cells(found), one.axis, _amount(one.budget), one.mismatch),
                *(one.parameters, one.multiply_adds, one.step_seconds, f"{len(found)} of {requested[one.network]}"),
                None if stands is None else "yes" if stands.on_front else "no",
                100 * stands.share if stands is not None and repeated else None,
            )
        )
    return PageTable(
        (
            *("network", *ERRORS, "axis", f"budget ({UNITS[record.match]})", "mismatch (%)"),
            *("parameters", "multiply-adds", "seconds a step", "runs", "on the front", "of draws (%)"),
        ),
        tuple(rows),
        "Multiply-adds are those of one image, forward. Errors are means over seeds. The front is "
        "that of the test error; a network is on it in so many of 2000 draws of seeds, where there are seeds to draw "
        "from.",
        name,
        fewest_images(record.trained),
    )


def matched_table(record: WidthVsDepthRecord, name: str) -> PageTable:
    """Return the comparisons of networks of one budget, each with how far its networks differ in every cost."""
    table = comparison_table(record.compared, name)
    apart = {(pair[0].network, pair[1].network): cost_differences(pair) for pair in matched_pairs(record.networks)}
    return replace(
        table,
        head=(*table.head, *(f"{cost} (%)" for cost in COSTS)),
        rows=tuple(
            (*row, *(_marked(apart[one.a, one.b].get(cost)) for cost in COSTS))
            for row, one in zip(table.rows, record.compared, strict=True)
        ),
        caption=f"{table.caption} So too for costs: by so much more does the first cost; ! marks more than {FAR:g} %.",
    )


def exchange_table(fits: Sequence[ExchangeFit], name: str) -> PageTable:
    """Return a row for each error and axis: what a doubling takes and buys."""
    rows = [
        (
            *(fit.measure, one.axis, one.cost_factor, one.points, interval_cell(one.interval), one.p_holm),
            *(one.per_cost, interval_cell(one.per_cost_interval), fit.networks, fit.runs),
        )
        for fit in fits
        for one in fit.exchanges
    ]
    return PageTable(
        (
            *(
                "error",
                "axis",
                "a doubling costs (times)",
                "and changes the error (points)",
                INTERVAL,
                "p by Holm",
            ),
            *("a doubling of the cost (points)", INTERVAL_AT_COST, "networks", "runs"),
        ),
        tuple(rows),
        "Negative numbers are gains.",
        name,
    )


def ratio_table(fits: Sequence[ExchangeFit], name: str) -> PageTable:
    """Return a row for each two axes, both ways: how many doublings of the one a doubling of the other is worth."""
    rows = [
        (
            *(fit.measure, one.a, one.b, one.doublings.value, _ratio_interval(one.doublings)),
            *((None, None) if one.per_cost is None else (one.per_cost.value, _ratio_interval(one.per_cost))),
        )
        for fit in fits
        for one in fit.ratios
    ]
    return PageTable(
        (
            *("error", "a doubling of", "in doublings of", "is worth", INTERVAL),
            *("at equal cost", INTERVAL_AT_COST),
        ),
        tuple(rows),
        "The change that the first axis makes, divided by that of the second; at equal cost, both by a doubling of the "
        "cost. A negative number: one of them raises the error, and the other one lowers it. Unbounded: what is "
        "divided by is not clear of zero.",
        name,
    )


def contrast_table(fits: Sequence[ExchangeFit], name: str) -> PageTable:
    """Return a row for each two axes: what a doubling of the cost buys along the one, less along the other."""
    rows = [
        (fit.measure, f"{one.a} − {one.b}", one.difference, interval_cell(one.interval), one.p, one.p_holm)
        for fit in fits
        for one in fit.contrasts
    ]
    return PageTable(
        ("error", "axes", "difference (points)", INTERVAL, "p", "p by Holm"),
        tuple(rows),
        "By a doubling of the cost: the first less the second, so that the first buys more where it is negative.",
        name,
    )


def _marked(percent: float | None) -> Parts | None:
    """Write a difference in cost, with a mark where it is not small."""
    if percent is None:
        return None
    return Parts(f"{percent:+.1f}{' !' if abs(percent) > FAR else ''}", {"": percent})


def _amount(value: float) -> float:
    """Return a count as a whole number, which is shown with all of its digits."""
    return int(value) if value == int(value) else value


def _ratio_interval(ratio: Ratio) -> Parts | str | None:
    """Return the quotients that are not refuted."""
    if ratio.clear is None:
        return None
    if ratio.interval is not None:
        return interval_cell(ratio.interval)
    if ratio.excluded is None:
        return "unbounded"
    told, ends = interval_cell(ratio.excluded), {"not from": ratio.excluded.low, "not to": ratio.excluded.high}
    return Parts(f"unbounded, not {told}", {"": "unbounded", **ends, "level": ratio.excluded.level})
