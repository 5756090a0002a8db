"""Tables of paths: the networks, the gradient by length, training on effective paths, and what papers say."""

import statistics
from collections.abc import Sequence

from depthlab.questions.paths.record import EffectiveTraining, PathRun, PublishedFact
from depthlab.report.blocks import PageTable
from depthlab.report.cells import interval_cell


def runs_table(runs: Sequence[PathRun]) -> PageTable:
    """Return a row for each run: its paths, its effective lengths, its neighbors' gradients, its error."""
    head = (
        *("network", "seed", "units with a skip", "active units", "paths", "length in"),
        *("effective from", "to", "carry (%)", "share of paths (%)", "mean length", "95 % interval over draws"),
        *("neighbors, initial", "neighbors, final", "training error (%)", "test error (%)"),
    )
    return PageTable(
        head, tuple(map(_run_row, runs)), "Every run that was measured; a dash: it has no such measure.", "paths"
    )


def gradient_table(runs: Sequence[PathRun]) -> PageTable:
    """Return a row for each length of each run."""
    head = (
        *("network", "seed", "length", "paths", "samples", "mean norm, first unit", "standard error over draws"),
        *("mean of log10", "std of log10", "zero", "over all paths", "mean norm, image"),
    )
    rows = []
    for run in runs:
        if run.gradients is None:
            continue
        exact = run.gradients.exact or (None,) * len(run.gradients.lengths)
        for one, every in zip(run.gradients.lengths, exact, strict=True):
            draws = one.at_stack
            error = statistics.stdev(draws) / len(draws) ** 0.5 if len(draws) > 1 else None
            rows.append(
                (
                    *(run.network, run.seed, one.length, one.paths, one.samples, statistics.fmean(draws), error),
                    *(one.log_mean, one.log_std, one.zeros, every, statistics.fmean(one.at_image)),
                )
            )
    return PageTable(head, tuple(rows), name="gradients")


def training_table(training: Sequence[EffectiveTraining]) -> PageTable:
    """Return a row for each network that was trained on its effective paths."""
    head = (
        *("network", "units with a skip", "active units", "center of effective lengths", "seeds"),
        *("test error (%)", "trained whole (%)", "difference (points)", "95 % interval", "p", "p by Holm", "method"),
    )
    rows = []
    for one in training:
        found = one.compared.comparison
        assert found is not None
        seeds = " and ".join(str(count) for count in dict.fromkeys((len(one.errors), len(one.whole))))
        rows.append(
            (
                *(one.network, one.units, one.active_units, one.center, seeds),
                *(one.compared.mean_a, one.compared.mean_b, found.difference, interval_cell(found.interval)),
                *(found.p, one.compared.p_holm, found.method if not found.note else f"none: {found.note}"),
            )
        )
    caption = "Differences: trained on some units in each batch less trained whole; evaluation uses all units."
    return PageTable(head, tuple(rows), caption, "training")


def facts_table(facts: Sequence[PublishedFact], name: str) -> PageTable:
    """Return a row for each published fact."""
    head = ("what", "network", "published", "kind of source", "where", "notes")
    rows = tuple((one.what, one.network, one.value, one.source, one.where, one.notes) for one in facts)
    return PageTable(head, rows, "What papers say of it, of other networks and data than here.", name)


def _run_row(run: PathRun) -> tuple[object, ...]:
    lengths, effective = run.lengths, run.effective
    by = effective.by if effective is not None else "branches"
    paths = None if lengths is None else sum(lengths.branches)
    found: tuple[object, ...] = (None,) * 6
    if effective is not None:
        found = (
            *(effective.low, effective.high, 100 * effective.carried, 100 * effective.paths, effective.mean),
            interval_cell(effective.mean_interval),
        )
    return (
        *(run.network, run.seed, run.units, run.active_units or "all", paths, by, *found),
        *(run.initial and run.initial.mean_of_neighbors, run.final and run.final.mean_of_neighbors),
        *(run.train_error, run.test_error),
    )
