"""Votes as blocks of a page: figures out of the record."""

from collections.abc import Sequence
from statistics import fmean

from depthlab.questions.grouping import grouped
from depthlab.questions.votes.figures import (
    Level,
    Point,
    VoteLine,
    VotePanel,
    cost_figure,
    disagreement_figure,
    feature_figure,
    size_figure,
)
from depthlab.questions.votes.record import (
    ARITHMETIC,
    CALIBRATION,
    CORRELATION,
    ERROR,
    GEOMETRIC,
    LOSS,
    MEAN,
    MEMBERS,
    SNAPSHOTS,
    WHOLE,
    ZEROS,
    Ensemble,
    VoteCurve,
    VotesRecord,
    VotingRun,
)
from depthlab.records import Interval
from depthlab.report.blocks import Picture

LABELS = {
    ERROR: "error (%)",
    LOSS: "negative log likelihood (nats)",
    CALIBRATION: "calibration error\nbeyond chance (points)",
}
FEATURES = {CORRELATION: "mean |correlation|", ZEROS: "share of zeros", MEAN: "mean activation"}
_MILLION = 1e6


def groups_of(record: VotesRecord) -> dict[str, list[VotingRun]]:
    """Return the measured runs of each network."""
    return grouped(record.measured, lambda run: run.network)


def curves_of(runs: Sequence[VotingRun], method: str, mean: str = ARITHMETIC) -> list[VoteCurve]:
    """Return the curves of an ensemble method, of the runs that have one."""
    return [curve for run in runs if (curve := run.curve(method, mean)) is not None]


def arithmetic(record: VotesRecord, network: str | None = None) -> list[Ensemble]:
    """Return the ensembles of independent networks by arithmetic means, of one network or all."""
    return [one for one in record.ensembles if one.mean == ARITHMETIC and network in (None, one.network)]


def sampled_picture(record: VotesRecord, method: str) -> Picture | None:
    """Return the figure of ensembles sampled from one network, None where no network drops in that way."""
    rows = [
        [_sampled_panel(record, network, runs, method, measure) for measure in LABELS]
        for network, runs in groups_of(record).items()
        if curves_of(runs, method)
    ]
    if not rows:
        return None
    first = rows[0][0]
    ends = "; ".join(f"{line.name} {fmean(line.points[-1][1]):.3g} at {line.points[-1][0]:g}" for line in first.lines)
    level = first.levels[0]
    return Picture(
        size_figure(rows),
        "votes_" + method.replace(" ", "_"),
        f"Error, negative log likelihood and calibration error against the number of members. Error of "
        f"{first.title}: {ends}; {level.name} {fmean(level.values):.3g}.",
        f"Ensembles of m {MEMBERS[method]}, the mean over seeds and over ensembles; bands from the best seed to the "
        "worst. The dotted line is one pass in evaluation mode, thin dashes the geometric mean of probabilities. "
        "Beside them, ensembles of independently trained networks, each by one pass.",
    )


def ensemble_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of independently trained networks and of snapshots, None where there are neither."""
    panels = []
    for measure, label in LABELS.items():
        lines = [_ensemble_line(one, measure, look) for look, one in enumerate(arithmetic(record))]
        for network, runs in groups_of(record).items():
            if curves := curves_of(runs, SNAPSHOTS):
                name = f"snapshots of one training: {network}"
                lines.append(VoteLine(name, _seed_points(curves, measure), len(lines)))
        panels.append(VotePanel("", label, tuple(lines)))
    if not panels[0].lines:
        return None
    told = "; ".join(
        f"{line.name}: {fmean(line.points[0][1]):.3g} alone, {fmean(line.points[-1][1]):.3g} of {line.points[-1][0]:g}"
        for line in panels[0].lines
    )
    return Picture(
        size_figure([panels]),
        "ensembles",
        f"Error, negative log likelihood and calibration error against the number of networks. Errors: {told}.",
        "Ensembles of independently trained networks, the mean over all combinations of m; of snapshots, the last m "
        "of one training, with a band over seeds. Arithmetic means of probabilities.",
    )


def cost_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of the error against what a prediction costs."""
    lines: list[VoteLine] = []
    for look, (network, runs) in enumerate(groups_of(record).items()):
        price = runs[0].multiply_adds / _MILLION
        lines.append(VoteLine(f"one pass: {network}", ((price, tuple(run.whole.error for run in runs)),), look, mark=0))
        for mark, (method, members) in enumerate(MEMBERS.items(), 1):
            if curves := curves_of(runs, method):
                points = _priced(_seed_points(curves, ERROR), price)
                lines.append(VoteLine(f"{members}: {network}", points, look, mark=mark))
        for one in arithmetic(record, network):
            line = _ensemble_line(one, ERROR, look)
            lines.append(VoteLine(line.name, _priced(line.points, price), look, mark=len(MEMBERS) + 1))
    if not lines:
        return None
    told = "; ".join(f"{line.name} from {fmean(line.points[0][1]):.3g} %" for line in lines[:6])
    return Picture(
        cost_figure(VotePanel("", LABELS[ERROR], tuple(lines))),
        "cost",
        f"Error against the multiply-adds of a prediction. {told}.",
        "Every member is one pass, as it is computed: layers in front of the first dropout are computed anew, and so "
        "are paths that are dropped. Networks have a color each. What training cost stands in the table below.",
    )


def disagreement_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of how often two members differ."""
    rows: list[tuple[str, Sequence[float], Interval | None]] = []
    for network, runs in groups_of(record).items():
        for method, members in MEMBERS.items():
            curves = curves_of(runs, method)
            known = [curve.disagreement for curve in curves if curve.disagreement is not None]
            if known:
                rows.append((f"{members}: {network}", known, curves[0].interval if len(known) == 1 else None))
        for one in arithmetic(record, network):
            if one.disagreement is not None:
                rows.append((f"independent: {network}", [one.disagreement], one.interval))
    if not rows:
        return None
    told = "; ".join(f"{name} {fmean(values):.3g} %" for name, values, _ in rows)
    return Picture(
        disagreement_figure(rows),
        "disagreement",
        f"How often two members differ: {told}.",
        "Images on which two members differ in the class they choose, the mean over all pairs. Small points are seeds; "
        "a bar is the 95 % interval over members where there is one training, or one ensemble.",
    )


def feature_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of features by layer, of networks with and without dropout."""
    names = list(dict.fromkeys(name for one in record.features for name in (one.other, one.network)))
    groups = groups_of(record)
    if not names:
        return None
    panels = {
        label: {name: [[layer.value(measure) for layer in run.features] for run in groups[name]] for name in names}
        for measure, label in FEATURES.items()
    }
    told = "; ".join(
        f"{one.measure} {one.mean_a:.3g} of {one.network}, {one.mean_b:.3g} of {one.other}" for one in record.features
    )
    return Picture(
        feature_figure(panels),
        "features",
        f"Correlation of units, share of zeros and mean activation by layer. Means over layers: {told}.",
        f"Behind each nonlinearity in the order of the forward pass, on {record.images:,} test images in evaluation "
        "mode: mean absolute correlation of two units, share of activations that are 0, mean activation. Lines: mean "
        "over seeds, bands over all of them.",
    )


def _sampled_panel(
    record: VotesRecord, network: str, runs: Sequence[VotingRun], method: str, measure: str
) -> VotePanel:
    lines = [
        VoteLine(f"{MEMBERS[method]}, {mean} mean", _seed_points(curves, measure), 0, mean == GEOMETRIC)
        for mean in (ARITHMETIC, GEOMETRIC)
        if (curves := curves_of(runs, method, mean))
    ]
    others = arithmetic(record, network)
    lines += [VoteLine("independent networks", _ensemble_line(one, measure, 1).points, 1) for one in others]
    whole = Level(f"{WHOLE[method]} (one pass)", tuple(run.whole.value(measure) for run in runs))
    return VotePanel(network, LABELS[measure], tuple(lines), (whole,))


def _ensemble_line(one: Ensemble, measure: str, look: int) -> VoteLine:
    points = tuple((float(point.members), (point.score.value(measure),)) for point in one.points)
    return VoteLine(f"independent: {one.network}", points, look)


def _seed_points(curves: Sequence[VoteCurve], measure: str) -> tuple[Point, ...]:
    """Return for each size the mean over ensembles, a value a seed."""
    sizes = grouped((point for curve in curves for point in curve.points), lambda point: point.members)
    return tuple((float(size), tuple(point.mean(measure) for point in sizes[size])) for size in sorted(sizes))


def _priced(points: Sequence[Point], price: float) -> tuple[Point, ...]:
    return tuple((size * price, values) for size, values in points)
