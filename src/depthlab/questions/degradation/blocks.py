"""Errors of networks against their depth, as blocks of a page."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from depthlab.questions.degradation.figures import curves_by_depth, errors_against_depth
from depthlab.questions.degradation.record import Condition, DegradationRecord
from depthlab.records import MeasuredRun, RunRef, TrialState
from depthlab.report.blocks import PageTable, Picture
from depthlab.report.cells import ERRORS, Estimate, error_cells
from depthlab.report.figures import mixed_labels
from depthlab.report.networks import drawn_networks


def runs_of(record: DegradationRecord, condition: Condition) -> tuple[list[MeasuredRun], list[RunRef]]:
    """Return the runs of a condition: what the finished ones found, and all that were asked for."""
    members = set(condition.members)
    found = [run for run in record.measured if run.fingerprint in members]
    return found, [ref for ref in record.about.runs if ref.fingerprint in members]


def error_picture(runs: Sequence[MeasuredRun], refs: Sequence[RunRef], name: str) -> Picture:
    """Return the figure of training and test error against depth; runs without a result are crosses."""
    told = "; ".join(
        f"{network.name} {statistics.fmean(run.train_error for run in network.runs):.2f} and "
        f"{statistics.fmean(run.test_error for run in network.runs):.2f}"
        for network in drawn_networks(runs)
    )
    lost: dict[str, tuple[str, float, int]] = {}
    for ref in refs:
        if ref.state != TrialState.FINISHED:
            series, place, count = lost.get(ref.group, (ref.series, ref.place, 0))
            lost[ref.group] = (series, place, count + 1)
    crosses = " Crosses at the upper edge are runs without a result." if lost else ""
    return Picture(
        errors_against_depth(runs, lost),
        name,
        f"Two panels, error against depth. Mean training and test error in percent: {told}.",
        "Training and test error of the final weights against depth; a point for each seed, a line through the means, "
        f"bars of one standard deviation over seeds.{crosses} He et al. 2015 show the same in Fig. 1, 4 and 6.",
    )


def curve_picture(runs: Sequence[MeasuredRun], held: Mapping[str, Any]) -> Picture:
    """Return the figure of learning curves."""
    networks = ", ".join(network.name for network in drawn_networks(runs))
    mixed = mixed_labels(held)
    labels = f" Their labels are mixed by {mixed}, so that no network can be right on all of them." if mixed else ""
    return Picture(
        curves_by_depth(runs),
        "curves",
        f"Error against epoch, a panel for each series, a line for each seed of {networks}.",
        "Lines: validation. Dashed: training, the running mean over augmented batches while the weights change, so "
        f"that it differs from the training error that the verdict rests on.{labels}",
    )


def network_table(runs: Sequence[MeasuredRun], refs: Sequence[RunRef], name: str, images: int) -> PageTable:
    """Return a row for each network: its mean errors, of the least split's `images`, its cost, and its runs."""
    asked = Counter(ref.group for ref in refs)
    rows = []
    there = {network.name: network for network in drawn_networks(runs)}
    for group in asked:
        found = there[group].runs if group in there else ()
        loss = Estimate.of([run.train_loss for run in found])
        size = (found[0].parameters, found[0].multiply_adds) if found else (None, None)
        rows.append((group, *error_cells(found), loss, *size, f"{len(found)} of {asked[group]}"))
    return PageTable(
        (
            *("network", *ERRORS, "training loss (nats)"),
            *("parameters", "multiply-adds", "runs"),
        ),
        tuple(rows),
        "Means over seeds.",
        name,
        images,
    )
