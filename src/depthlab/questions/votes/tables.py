"""Votes as tables of a page: every way to vote with its cost, every comparison, every layer."""

import statistics
from collections.abc import Sequence

from depthlab.questions.votes.blocks import ARITHMETIC, MEASURES, SAMPLED, arithmetic, groups_of
from depthlab.questions.votes.record import VoteScore, VotesRecord
from depthlab.report.blocks import PageTable


def contrast_table(record: VotesRecord) -> PageTable:
    """Return a row for each comparison."""
    rows = []
    for one in record.contrasts:
        found, interval = one.comparison, one.comparison.interval
        rows.append(
            (
                *(one.network, one.measure, f"{one.a} − {one.b}", one.members, one.mean_a, one.mean_b),
                *(found.difference, interval and interval.low, interval and interval.high, min(found.n)),
                one.over if not found.note else f"none: {found.note}",
            )
        )
    head = (
        *("network", "measure", "compared", "members", "first", "second"),
        *("difference", "low", "high", "n", "interval over"),
    )
    return PageTable(head, tuple(rows), "Differences with 95 % intervals, each for itself.", "contrasts")


def way_table(record: VotesRecord) -> PageTable:
    """Return a row for each way to vote at its largest size: how it does, and what it costs."""
    rows: list[tuple[object, ...]] = []
    for network, runs in groups_of(record).items():
        price = runs[0].multiply_adds
        rows.append((network, "one pass", 1, 1, price, *_means([run.whole for run in runs]), None, len(runs)))
        for method, kind in SAMPLED.items():
            curves = [
                curve for run in runs for curve in run.curves if (curve.method, curve.mean) == (method, ARITHMETIC)
            ]
            for size in dict.fromkeys(point.members for curve in curves for point in curve.points):
                scores = [
                    score
                    for curve in curves
                    for point in curve.points
                    if point.members == size
                    for score in point.scores
                ]
                known = [curve.disagreement for curve in curves if curve.disagreement is not None]
                differ = statistics.fmean(known) if known else None
                rows.append((network, kind, size, 1, size * price, *_means(scores), differ, len(curves)))
        for one in arithmetic(record.ensembles):
            if one.network == network:
                for point in one.points[1:]:
                    size, score = point.members, point.score
                    rows.append(
                        (
                            *(network, "independent networks", size, size, size * price),
                            *(score.error, score.loss, score.calibration, one.disagreement, len(one.seeds)),
                        )
                    )
    head = (
        *("network", "who votes", "members", "trainings", "multiply-adds"),
        *("error (%)", "loss (nats)", "calibration error (points)", "two members differ (%)", "seeds"),
    )
    return PageTable(head, tuple(rows), "Means over seeds and ensembles; arithmetic means of probabilities.", "ways")


def feature_table(record: VotesRecord) -> PageTable:
    """Return a row for each layer of each network, means over seeds."""
    rows = []
    for network, runs in groups_of(record).items():
        for layers in zip(*(run.features for run in runs), strict=False):
            known = [layer.correlation for layer in layers if layer.correlation is not None]
            rows.append(
                (
                    *(network, layers[0].layer, layers[0].units, statistics.fmean(layer.silent for layer in layers)),
                    statistics.fmean(known) if known else None,
                    *(
                        statistics.fmean(layer.zeros for layer in layers),
                        statistics.fmean(layer.mean for layer in layers),
                    ),
                )
            )
    head = ("network", "layer", "units", "silent units", "mean |correlation|", "share of zeros", "mean activation")
    return PageTable(head, tuple(rows), name="features")


def _means(scores: Sequence[VoteScore]) -> tuple[float, float, float]:
    error, loss, calibration = (statistics.fmean(map(value, scores)) for _, value in MEASURES.values())
    return error, loss, calibration
