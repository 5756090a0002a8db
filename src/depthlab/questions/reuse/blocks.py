"""Maps of feature reuse as blocks of a page."""

from collections.abc import Sequence

import numpy as np

from depthlab.questions.reuse.figures import (
    heat_maps,
    mean_maps,
    normalized,
    reading_by_distance,
    stacked_maps,
)
from depthlab.questions.reuse.record import SHARE, ReuseRecord, ReuseRun, ReuseSummary
from depthlab.records import Interval
from depthlab.report.blocks import PageTable, Picture
from depthlab.report.cells import INTERVAL, Estimate, interval_cell

NAMES = {
    "spread": "share of the earlier layers that a layer effectively uses",
    "distance": "farther half of units over nearer half",
    "input": "block's input over units, blocks after the first",
    "end": "classifier: last third of units over the others",
}
_KINDS = {
    "weight": "Mean absolute weight, each column divided by its largest value, as in Huang et al. 2017, Fig. 5.",
    "scaled weight": "The same of γ w: the factors of the normalization in front of each layer are taken in.",
    "share": "Share of each source in the variance of what a target reads; the shares of a column add up to 1.",
}


def networks_of(record: ReuseRecord) -> list[tuple[str, list[ReuseRun]]]:
    """Return the runs that have maps, by network."""
    names = dict.fromkeys(run.network for run in record.runs if run.maps)
    return [(name, [run for run in record.runs if run.network == name and run.maps]) for name in names]


def measures_of(runs: Sequence[ReuseRun]) -> list[str]:
    """Return the measures of which runs have maps."""
    return list(dict.fromkeys(one.measure for run in runs for one in run.maps))


def map_picture(network: str, runs: Sequence[ReuseRun], measure: str, images: int) -> Picture:
    """Return the heat maps of one network."""
    told = []
    for one, values in mean_maps(runs, measure):
        last = normalized(values, measure)[:, -1]
        listed = ", ".join(f"{source} {value:.2f}" for source, value in zip(one.sources, last, strict=True))
        told.append(f"block {one.block}, {one.targets[-1]} reads {listed}")
    seeds = f"{len(runs)} {'seed' if len(runs) == 1 else 'seeds'}"
    where = f" Over {images:,} test images, in evaluation mode." if measure == SHARE else ""
    return Picture(
        heat_maps(runs, measure),
        f"map-{slug(network)}-{measure.replace(' ', '-')}",
        f"Heat maps of {network}, {measure}, sources downward and targets to the right. {'; '.join(told)}.",
        f"{network}, mean over {seeds}. {_KINDS[measure]}{where} Framed: what follows a block. Gray: not read.",
    )


def distance_picture(record: ReuseRecord, measure: str) -> Picture:
    """Return the figure of reading against distance, of all networks that have the measure."""
    networks = [(name, runs) for name, runs in networks_of(record) if measure in measures_of(runs)]
    told = "; ".join(
        f"{one.network} {2**one.final.mean:.2f}"
        for one in record.summaries
        if (one.measure, one.name) == (measure, "distance")
    )
    return Picture(
        reading_by_distance(networks, measure),
        f"distance-{measure.replace(' ', '-')}",
        f"Reading against distance, {measure}. Farther half over nearer half: {told or 'none'}.",
        f"{measure.capitalize()} against how many units back the source stands, the mean over all targets of all "
        "blocks; the bands go from the smallest to the largest seed. Dotted: before training.",
    )


def summary_table(summaries: Sequence[ReuseSummary], name: str) -> PageTable:
    """Return a row for each number of each network."""
    return PageTable(
        ("network", "measure", "number", "value", INTERVAL, "before training", "p (Holm)", "seeds"),
        tuple(_summary_row(one) for one in summaries),
        "Means over seeds with Student's intervals; those of quotients, which are geometric means, hold for all rows "
        "of a measure at once. p tests, of a spread, whether training changed it, run by run; of a quotient, whether "
        "it is 1; corrected over all rows of a measure (Holm).",
        name,
    )


def map_table(record: ReuseRecord, name: str) -> PageTable:
    """Return a row for each cell of each map: its mean over seeds."""
    rows: list[tuple[object, ...]] = []
    for network, runs in networks_of(record):
        for measure in measures_of(runs):
            initial = [values for _, values in mean_maps(runs, measure, lambda run: run.initial)]
            for number, (one, stacked) in enumerate(stacked_maps(runs, measure)):
                for row, column in np.argwhere(np.isfinite(stacked.mean(axis=0))):
                    cells = stacked[:, row, column]
                    before = float(initial[number][row, column]) if initial else None
                    where = (network, measure, one.block, one.sources[row], one.targets[column])
                    rows.append((*where, Estimate.of([float(value) for value in cells]), before))
    head = ("network", "measure", "block", "source", "target", "value", "before training")
    return PageTable(head, tuple(rows), name=name)


def slug(text: str) -> str:
    """Return the text as a part of a file's name."""
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower()).strip("-")


def _summary_row(one: ReuseSummary) -> tuple[object, ...]:
    def value_of(number: float) -> float:
        return number if one.name == "spread" else 2**number

    interval = one.interval and Interval(value_of(one.interval.low), value_of(one.interval.high), one.interval.level)
    return (
        *(one.network, one.measure, NAMES[one.name], value_of(one.final.mean)),
        interval_cell(interval),
        None if one.initial is None else value_of(one.initial.mean),
        one.p_holm,
        one.final.n,
    )
