"""Votes as tables of a page: every way to vote with its cost, every comparison, every layer."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from depthlab.questions.grouping import grouped
from depthlab.questions.votes.blocks import arithmetic, curves_of, groups_of
from depthlab.questions.votes.record import MEMBERS, VoteScore, VotesRecord
from depthlab.report.blocks import PageTable


def contrast_table(record: VotesRecord) -> PageTable:
    """Return a row for each comparison."""
    rows = []
    for one in record.contrasts:
        found, interval, test = one.comparison, one.comparison.interval, one.equivalence
        rows.append(
            (
                *(one.network, one.measure, f"{one.a} − {one.b}", one.members, one.mean_a, one.mean_b),
                *(found.difference, interval and interval.low, interval and interval.high, min(found.n)),
                *(one.p_holm, test and test.p, found.note or None),
            )
        )
    head = (
        *("network", "measure", "compared", "members", "first", "second", "difference", "low", "high", "seeds"),
        *("p (Holm)", "p (equivalence)", "note"),
    )
    caption = (
        "Differences with 95 % intervals, each for itself. A row with a p (Holm) is one that a claim rests on: its "
        "interval holds for all such rows of its kind at once. All others are told, not claimed. "
        f"p (equivalence): two one-sided tests, ± {record.margin:g} points."
    )
    return PageTable(head, tuple(rows), caption, "contrasts")


def way_table(record: VotesRecord) -> PageTable:
    """Return a row for each way to vote and size: how it does, and what it costs."""
    rows: list[tuple[object, ...]] = []
    for network, runs in groups_of(record).items():
        price = runs[0].multiply_adds
        rows.append((network, "one pass", 1, 1, price, *_scores([run.whole for run in runs]), None, len(runs)))
        for method, members in MEMBERS.items():
            curves = curves_of(runs, method)
            known = [curve.disagreement for curve in curves if curve.disagreement is not None]
            differ = fmean(known) if known else None
            sizes = grouped((point for curve in curves for point in curve.points), lambda point: point.members)
            for size, points in sizes.items():
                scores = _scores([score for point in points for score in point.scores])
                rows.append((network, members, size, 1, size * price, *scores, differ, len(curves)))
        for one in arithmetic(record, network):
            for point in one.points[1:]:
                size, last = point.members, (one.disagreement, len(one.seeds))
                kind = (network, "independent networks", size, size, size * price)
                rows.append((*kind, *_scores([point.score]), *last))
    head = (
        *("network", "who votes", "members", "trainings", "multiply-adds", "error (%)", "loss (nats)"),
        *("calibration error (points)", "by chance (points)", "two members differ (%)", "seeds"),
    )
    caption = (
        "Means over seeds and ensembles; arithmetic means of probabilities. By chance: the calibration error of a "
        "perfectly calibrated network of the same confidences on as many images."
    )
    return PageTable(head, tuple(rows), caption, "ways")


def best_table(record: VotesRecord) -> PageTable:
    """Return the rows of the largest ensemble of each kind."""
    table = way_table(record)
    rows = {row[:2]: row for row in table.rows}  # sizes rise, so that the last one stays
    return replace(
        table, rows=tuple(rows.values()), name="largest", caption=f"The largest of each kind. {table.caption}"
    )


def feature_table(record: VotesRecord) -> PageTable:
    """Return a row for each layer of each network, means over seeds."""
    rows = []
    for network, runs in groups_of(record).items():
        for layers in zip(*(run.features for run in runs), strict=False):
            known = [layer.correlation for layer in layers if layer.correlation is not None]
            rows.append(
                (
                    *(network, layers[0].layer, layers[0].units, fmean(layer.silent for layer in layers)),
                    fmean(known) if known else None,
                    *(fmean(layer.zeros for layer in layers), fmean(layer.mean for layer in layers)),
                )
            )
    head = ("network", "layer", "units", "silent units", "mean |correlation|", "share of zeros", "mean activation")
    return PageTable(head, tuple(rows), name="features")


def change_table(record: VotesRecord) -> PageTable:
    """Return a row for each change of features by dropout."""
    rows = [
        (
            *(one.network, one.other, one.measure, one.mean_a, one.mean_b, one.comparison.difference),
            *((interval.low, interval.high) if (interval := one.comparison.interval) else (None, None)),
            one.p_holm,
        )
        for one in record.features
    ]
    networks = ("with dropout", "without")
    head = (*networks, "measure", "measure with", "measure without", "difference", "low", "high", "p (Holm)")
    return PageTable(head, tuple(rows), "Means over layers; intervals over seeds.", "feature_changes")


def _scores(scores: Sequence[VoteScore]) -> tuple[float | None, ...]:
    """Return the means of error, loss, calibration error, and what chance alone makes of it."""
    chance = [score.chance for score in scores if score.chance is not None]
    means = (fmean(values) for values in zip(*((one.error, one.loss, one.calibration) for one in scores), strict=True))
    return *means, fmean(chance) if chance else None
