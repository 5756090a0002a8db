"""Networks of equal cost and exchange rates, as tables of a page."""

from collections import Counter
from collections.abc import Sequence

from depthlab.questions.width_vs_depth.figures import UNITS
from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
from depthlab.records import ExchangeFit, Ratio
from depthlab.report.blocks import PageTable
from depthlab.report.cells import interval_cell, mean_and_std


def network_table(record: WidthVsDepthRecord, name: str) -> PageTable:
    """Return a row for each network: its cost, its errors, and whether it is on the front."""
    requested = Counter(ref.group for ref in record.about.runs)
    front = {(one.network, one.measure): one for one in record.front}
    repeated = len({run.network for run in record.measured}) < len(record.measured)  # else all draws are alike
    rows = []
    for one in {network.network: network for network in record.networks}.values():
        found = [run for run in record.measured if run.network == one.network]
        errors = [
            number
            for key in ("train_error", "validation_error", "test_error")
            for number in mean_and_std([getattr(run, key) for run in found])
        ]
        stands = front.get((one.network, "test error"))
        on_front = None if stands is None else "yes" if stands.on_front else "no"
        draws = 100 * stands.share if stands is not None and repeated else None
        rows.append(
            (
                *(one.network, one.parameters, one.multiply_adds, f"{len(found)} of {requested[one.network]}"),
                *(*errors, on_front, draws),
            )
        )
    return PageTable(
        (
            *("network", "parameters", "multiply-adds", "runs", "training error (%)", "± std"),
            *("validation error (%)", "± std ", "test error (%)", "± std  ", "on the front", "of draws (%)"),
        ),
        tuple(rows),
        "Means over seeds, with the sample's standard deviation. The front is that of the test error; a network is on "
        "it in so many of 2000 draws of seeds, where there are seeds to draw from.",
        name,
    )


def matched_table(record: WidthVsDepthRecord, name: str) -> PageTable:
    """Return a row for each budget and axis: what was asked for, what was found, and by how much it misses."""
    unit = UNITS[record.match]
    rows = [
        (
            *(one.axis, one.network, _amount(one.budget), _amount(one.cost), one.mismatch),
            *(one.parameters, one.multiply_adds, one.step_seconds),
        )
        for one in record.networks
    ]
    return PageTable(
        (
            *("axis", "network", f"budget ({unit})", f"cost ({unit})", "mismatch (%)"),
            *("parameters", "multiply-adds", "seconds a step"),
        ),
        tuple(rows),
        "Multiply-adds are those of one image, forward.",
        name,
    )


def exchange_table(fits: Sequence[ExchangeFit], name: str) -> PageTable:
    """Return a row for each error and axis: what a doubling takes and buys."""
    rows = [
        (
            *(fit.measure, one.axis, one.cost_factor, one.points, interval_cell(one.interval), one.p),
            *(one.per_cost, interval_cell(one.per_cost_interval), fit.networks, fit.runs),
        )
        for fit in fits
        for one in fit.exchanges
    ]
    return PageTable(
        (
            *("error", "axis", "a doubling costs (times)", "and changes the error (points)", "95 % interval", "p"),
            *("a doubling of the cost (points)", "95 % interval ", "networks", "runs"),
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
            *("error", "a doubling of", "in doublings of", "is worth", "95 % interval"),
            *("at equal cost", "95 % interval "),
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
        ("error", "axes", "difference (points)", "95 % interval", "p", "p by Holm"),
        tuple(rows),
        "By a doubling of the cost: the first less the second, so that the first buys more where it is negative.",
        name,
    )


def _amount(value: float) -> float:
    """Return a count as a whole number, which is shown with all of its digits."""
    return int(value) if value == int(value) else value


def _ratio_interval(ratio: Ratio) -> str | None:
    """Return the quotients that are not refuted."""
    if ratio.clear is None:
        return None
    if ratio.interval is not None:
        return interval_cell(ratio.interval)
    if ratio.excluded is None:
        return "unbounded"
    return f"unbounded, not {interval_cell(ratio.excluded)}"
