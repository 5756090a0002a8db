"""Lesions of units and groups, by network, as blocks of a page."""

import statistics
from collections.abc import Callable, Sequence

from depthlab.questions.exponent.figures import RemovalPanel, Value, exponents
from depthlab.questions.exponent.record import GROUPS, UNITS, ExponentRecord, ExponentRun
from depthlab.questions.grouping import grouped
from depthlab.report.blocks import PageTable, Picture
from depthlab.report.cells import INTERVAL, interval_cell


def exponent_picture(record: ExponentRecord) -> Picture:
    """Return the figure that the verdict is about."""
    share = f"{100 * record.share:.0f} %"
    panels = (
        RemovalPanel(f"rise without {share} of the units (points)", lambda run: run.rise_of_some(UNITS)),
        RemovalPanel("effective size in units (votes)", lambda run: run.effective_size(UNITS), log=True),
        RemovalPanel("error of the whole network (%)", lambda run: run.error),
        RemovalPanel(f"rise without {share} of the groups (points)", lambda run: run.rise_of_some(GROUPS)),
        RemovalPanel("effective size in groups (votes)", lambda run: run.effective_size(GROUPS), log=True),
        RemovalPanel("rise without one unit (points)", lambda run: run.rise_of_one(UNITS)),
    )
    listed = [
        f"{same[0].network} ({same[0].units} units, {same[0].cardinality} groups) "
        f"{_show(_mean(same, panels[0].value))} and {_show(_mean(same, panels[1].value))}"
        for same in _by_network(record.runs)
    ]
    return Picture(
        exponents([run for run in record.runs if run.pieces], panels),
        "exponent",
        f"Six panels against multiply-adds. Rise of the error in points without {share} of the units that keep the "
        f"shape, and effective size in votes: {'; '.join(listed)}.",
        "Against multiply-adds, so that what stands above each other costs as much: a point a run, lines through "
        "means. Beside the points of the first panel: units x groups. Only units that keep the shape are deleted.",
    )


def network_table(record: ExponentRecord, name: str) -> PageTable:
    """Return a row for each network: what it is, and the means of all measures over its seeds."""
    measures: dict[str, Callable[[ExponentRun], float | None]] = {
        "error (%)": lambda run: run.error,
        "rise, one unit": lambda run: run.rise_of_one(UNITS),
        "rise, some units": lambda run: run.rise_of_some(UNITS),
        "rise, one group": lambda run: run.rise_of_one(GROUPS),
        "rise, some groups": lambda run: run.rise_of_some(GROUPS),
        "votes (units)": lambda run: run.effective_size(UNITS),
        "votes (groups)": lambda run: run.effective_size(GROUPS),
        "units that matter": lambda run: run.units_that_matter,
    }
    rows = []
    for same in _by_network(record.runs):
        first = same[0]
        units = first.set_of(UNITS)
        deleted = None if units is None else f"{units.together} of {len(units.steady)}, of {len(units.lesions)}"
        counts = (first.units, first.cardinality, first.log2_paths, first.parameters, first.multiply_adds)
        rows.append((first.network, *counts, len(same), deleted, *(_mean(same, value) for value in measures.values())))
    head = (
        *("network", "units", "groups", "log₂ paths", "parameters", "multiply-adds", "seeds"),
        *("deleted together", *measures),
    )
    caption = (
        f"Means over seeds; rises in points. Some: {100 * record.share:.0f} % of those whose units keep the shape. "
        "Deleted together: so many of the units that keep the shape, of all units."
    )
    return PageTable(head, tuple(rows), caption, name)


def part_table(record: ExponentRecord, name: str) -> PageTable:
    """Return a row for each part of the reading."""
    rows = [
        (
            *(one.measure, one.claim, one.value),
            interval_cell(one.comparison.interval if one.comparison else None),
            *(one.p, one.p_holm, one.stands),
        )
        for one in record.parts
    ]
    return PageTable(
        ("measure", "claim", "for the reading", INTERVAL, "p", "p by Holm", "stands"),
        tuple(rows),
        "By a doubling of the units (depth), of the groups (cardinality), and of the multiply-adds along depth less "
        "along cardinality (exchange). Positive numbers agree with the reading: so many points of rise less, or so "
        "many doublings of the effective size.",
        name,
    )


def slope_table(record: ExponentRecord, name: str) -> PageTable:
    """Return a row for each measure and axis: what a doubling changes."""
    rows = [
        (
            *(fit.measure, one.axis, one.cost_factor, one.points, interval_cell(one.interval), one.p),
            *(one.per_cost, fit.networks, fit.runs, fit.df, fit.std, fit.seeds_std),
        )
        for fit in record.fits
        for one in fit.exchanges
    ]
    head = ("measure", "axis", "a doubling costs (times)", "and changes the measure by", INTERVAL, "p")
    return PageTable(
        (*head, "a doubling of the multiply-adds", "networks", "runs", "df", "std of networks", "std of seeds"),
        tuple(rows),
        "Rises in points; effective sizes and units that matter in doublings, so that a change is an exponent. These p "
        "are not corrected; those of the parts are.",
        name,
    )


def lesion_table(record: ExponentRecord, name: str) -> PageTable:
    """Return a row for each piece that was deleted alone."""
    rows = [
        (run.network, run.seed, pieces.kind, one.name, "yes" if one.transition else "no", one.error, one.effect)
        for run in record.runs
        for pieces in run.pieces
        for one in pieces.lesions
    ]
    head = ("network", "seed", "kind", "deleted", "transition", "error (%)", "effect |d|²")
    return PageTable(head, tuple(rows), name=name)


def _by_network(runs: Sequence[ExponentRun]) -> list[list[ExponentRun]]:
    """Return the runs with lesions, those of each network together."""
    return list(grouped((run for run in runs if run.pieces), lambda run: run.network).values())


def _mean(runs: Sequence[ExponentRun], value: Value) -> float | None:
    found = [number for run in runs if (number := value(run)) is not None]
    return statistics.fmean(found) if found else None


def _show(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.3g}"
