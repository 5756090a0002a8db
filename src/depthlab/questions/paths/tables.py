"""Tables of paths: the networks, the gradient by length, training on effective paths, and what papers say."""

import statistics
from collections.abc import Sequence

from depthlab.questions.paths.record import EffectiveTraining, PathRun, PublishedFact
from depthlab.report.blocks import PageTable
from depthlab.report.cells import INTERVAL, interval_cell


def runs_table(runs: Sequence[PathRun]) -> PageTable:
    """Return a row for each run: its paths, which of them carry the gradient, its neighbors' gradients, its error."""
    head = (
        *("network", "test error (%)", "training error (%)", "seed", "units with a skip", "active units", "paths"),
        *("length in", "mean by gradient", "mean by norms", "from", "to", "carry (%)", "share of paths (%)"),
        *("norms / gradient", "neighbors, initial", "neighbors, final"),
    )
    caption = (
        "Every run that was measured; a dash: it has no such measure. Mean by gradient: weighted by exact parts. Mean "
        "by norms, and from where to where most of them lie: weighted by number of paths times norm, sampled."
    )
    return PageTable(head, tuple(map(_run_row, runs)), caption, "paths")


def gradient_table(runs: Sequence[PathRun]) -> PageTable:
    """Return a row for each length of each run."""
    head = (
        *("network", "seed", "length", "paths", "part of the gradient (%)", "norm of the part (%)", "samples"),
        *("mean norm, first unit", "mean of log10", "std of log10", "zero", "mean norm, image"),
    )
    rows = []
    for run in runs:
        exact = {}
        if run.by_length is not None:
            found = run.by_length
            parts = zip(found.lengths, found.shares, found.norms, strict=True)
            exact = {length: (100 * share, 100 * norm) for length, share, norm in parts}
        for one in run.gradients.lengths if run.gradients is not None else ():
            share, norm = exact.get(one.length, (None, None))
            rows.append(
                (
                    *(run.network, run.seed, one.length, one.paths, share, norm, one.samples),
                    *(statistics.fmean(one.at_stack), one.log_mean, one.log_std, one.zeros),
                    statistics.fmean(one.at_image),
                )
            )
    return PageTable(head, tuple(rows), "Parts are exact, the other norms sampled.", "gradients")


def training_table(training: Sequence[EffectiveTraining]) -> PageTable:
    """Return a row for each network that was trained on its effective paths."""
    head = (
        *("network", "units with a skip", "active units", "center of effective lengths", "seeds"),
        *("test error (%)", "trained whole (%)", "difference (points)", INTERVAL, "p", "p by Holm", "method"),
    )
    rows = []
    for one in training:
        found = one.compared.comparison
        seeds = " and ".join(str(count) for count in dict.fromkeys((len(one.errors), len(one.whole))))
        told: tuple[object, ...] = (None, None, None, None, "no runs to compare")
        if found is not None:
            method = found.method if not found.note else f"none: {found.note}"
            told = (found.difference, interval_cell(found.interval), found.p, one.compared.p_holm, method)
        means = (one.compared.mean_a, one.compared.mean_b)
        rows.append((one.network, one.units, one.active_units, one.center, seeds, *means, *told))
    caption = "Differences: trained on some units in each batch less trained whole; evaluation uses all units."
    return PageTable(head, tuple(rows), caption, "training")


def facts_table(facts: Sequence[PublishedFact], name: str) -> PageTable:
    """Return a row for each published fact."""
    head = ("what", "network", "published", "kind of source", "where", "notes")
    rows = tuple((one.what, one.network, one.value, one.source, one.where, one.notes) for one in facts)
    return PageTable(head, rows, "What papers say of it, of other networks and data than here.", name)


def _run_row(run: PathRun) -> tuple[object, ...]:
    lengths, effective, exact = run.lengths, run.effective, run.by_length
    found: tuple[object, ...] = (None,) * 6
    if effective is not None:
        share = 100 * effective.carried
        found = (effective.mean, effective.low, effective.high, share, 100 * effective.paths, effective.times_whole)
    return (
        *(run.network, run.test_error, run.train_error, run.seed, run.units, run.active_units or "all"),
        None if lengths is None else sum(lengths.branches),
        exact.by if exact is not None else effective.by if effective is not None else "branches",
        exact and exact.mean_length,
        *found,
        *(run.initial and run.initial.mean_of_neighbors, run.final and run.final.mean_of_neighbors),
    )
