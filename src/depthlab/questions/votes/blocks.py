"""Votes as blocks of a page: figures and tables out of the record."""

import statistics
from collections.abc import Callable, Sequence

from depthlab.questions.votes.figures import (
    Level,
    Line,
    Panel,
    Point,
    cost_figure,
    disagreement_figure,
    feature_figure,
    size_figure,
)
from depthlab.questions.votes.record import (
    DEPTH,
    DROPOUT,
    SNAPSHOTS,
    Ensemble,
    LayerFeatures,
    VoteCurve,
    VoteScore,
    VotesRecord,
    VotingRun,
)
from depthlab.records import Interval
from depthlab.report.blocks import Picture

# as the analysis calls the methods
SAMPLED = {DROPOUT: "sampled networks", DEPTH: "sampled sub-networks", SNAPSHOTS: "snapshots"}
WHOLE = {DROPOUT: "weight scaling (one pass)", DEPTH: "the whole network (one pass)"}
MEASURES: dict[str, tuple[str, Callable[[VoteScore], float]]] = {
    "error": ("error (%)", lambda score: score.error),
    "loss": ("negative log likelihood (nats)", lambda score: score.loss),
    "calibration": ("calibration error (points)", lambda score: score.calibration),
}
FEATURES: dict[str, Callable[[LayerFeatures], float | None]] = {
    "mean |correlation|": lambda layer: layer.correlation,
    "share of zeros": lambda layer: layer.zeros,
    "mean activation": lambda layer: layer.mean,
}
ARITHMETIC = "arithmetic"  # the mean that is drawn and told
_OF_SNAPSHOTS = (SNAPSHOTS, ARITHMETIC)
_MILLION = 1e6


def groups_of(record: VotesRecord) -> dict[str, list[VotingRun]]:
    """Return the measured runs of each network."""
    groups: dict[str, list[VotingRun]] = {}
    for run in record.measured:
        groups.setdefault(run.network, []).append(run)
    return groups


def sampled_picture(record: VotesRecord, method: str) -> Picture | None:
    """Return the figure of ensembles sampled from one network, None where no network drops in that way."""
    rows = []
    for network, runs in groups_of(record).items():
        if any(curve.method == method for run in runs for curve in run.curves):
            rows.append([_sampled_panel(record, network, runs, method, measure) for measure in MEASURES])
    if not rows:
        return None
    first = rows[0][0]
    ends = {line.name: line.points[-1] for line in first.lines}
    told = "; ".join(f"{name} {statistics.fmean(values):.3g} at {size:g}" for name, (size, values) in ends.items())
    level = first.levels[0]
    return Picture(
        size_figure(rows),
        "votes_" + method.replace(" ", "_"),
        f"Error, negative log likelihood and calibration error against the number of members. Error of "
        f"{first.title}: {told}; {level.name} {statistics.fmean(level.values):.3g}.",
        f"Ensembles of m {SAMPLED[method]}, the mean over seeds and over ensembles that share no member; bands from "
        "the best seed to the worst. The dotted line is one pass in evaluation mode, thin dashes the geometric mean of "
        "probabilities. Beside them, ensembles of independently trained networks, each by one pass.",
    )


def ensemble_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of independently trained networks and of snapshots, None where there are neither."""
    panels = []
    for measure in MEASURES:
        lines = [_ensemble_line(one, measure, look) for look, one in enumerate(arithmetic(record.ensembles))]
        for network, runs in groups_of(record).items():
            curves = [curve for run in runs for curve in run.curves if (curve.method, curve.mean) == _OF_SNAPSHOTS]
            if curves:
                points = _seed_points(curves, measure)
                lines.append(Line(f"snapshots of one training: {network}", points, len(lines)))
        panels.append(Panel("", MEASURES[measure][0], tuple(lines)))
    if not panels[0].lines:
        return None
    told = "; ".join(
        f"{line.name}: {statistics.fmean(line.points[0][1]):.3g} alone, {statistics.fmean(line.points[-1][1]):.3g} "
        f"of {line.points[-1][0]:g}"
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
    lines: list[Line] = []
    for look, (network, runs) in enumerate(groups_of(record).items()):
        price = runs[0].multiply_adds / _MILLION
        whole = tuple(run.whole.error for run in runs)
        lines.append(Line(f"one pass: {network}", ((price, whole),), look, mark=0))
        for mark, method in enumerate(SAMPLED, 1):
            curves = [
                curve for run in runs for curve in run.curves if (curve.method, curve.mean) == (method, ARITHMETIC)
            ]
            if curves:
                points = tuple((size * price, values) for size, values in _seed_points(curves, "error"))
                lines.append(Line(f"{SAMPLED[method]}: {network}", points, look, mark=mark))
        for one in arithmetic(record.ensembles):
            if one.network == network:
                found = _ensemble_line(one, "error", look)
                points = tuple((size * price, values) for size, values in found.points)
                lines.append(Line(found.name, points, look, mark=len(SAMPLED) + 1))
    if not lines:
        return None
    told = "; ".join(f"{line.name} from {statistics.fmean(line.points[0][1]):.3g} %" for line in lines[:6])
    return Picture(
        cost_figure(Panel("", "error (%)", tuple(lines))),
        "cost",
        f"Error against the multiply-adds of a prediction. {told}.",
        "Every member is one pass, as it is computed: layers in front of the first dropout are computed anew, and so "
        "are paths that are dropped. Networks have a color each. What training cost stands in the table below.",
    )


def disagreement_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of how often two members differ."""
    rows: list[tuple[str, Sequence[float], Interval | None]] = []
    for network, runs in groups_of(record).items():
        for method, kind in SAMPLED.items():
            curves = [
                curve for run in runs for curve in run.curves if (curve.method, curve.mean) == (method, ARITHMETIC)
            ]
            known = [curve.disagreement for curve in curves if curve.disagreement is not None]
            if known:
                rows.append((f"{kind}: {network}", known, curves[0].interval if len(known) == 1 else None))
        for one in arithmetic(record.ensembles):
            if one.network == network and one.disagreement is not None:
                rows.append((f"independent: {network}", [one.disagreement], one.interval))
    if not rows:
        return None
    told = "; ".join(f"{name} {statistics.fmean(values):.3g} %" for name, values, _ in rows)
    return Picture(
        disagreement_figure(rows),
        "disagreement",
        f"How often two members differ: {told}.",
        "Images on which two members differ in the class they say, the mean over all pairs. Small points are seeds; a "
        "bar is the 95 % interval over members where there is one training, or one ensemble.",
    )


def feature_picture(record: VotesRecord) -> Picture | None:
    """Return the figure of features by layer, of networks with and without dropout."""
    names = list(dict.fromkeys(name for one in record.features for name in (one.other, one.network)))
    groups = {name: runs for name, runs in groups_of(record).items() if name in names}
    if not groups:
        return None
    panels = {
        measure: {name: [[value(layer) for layer in run.features] for run in groups[name]] for name in names}
        for measure, value in FEATURES.items()
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


def _sampled_panel(record: VotesRecord, network: str, runs: Sequence[VotingRun], method: str, measure: str) -> Panel:
    label, value = MEASURES[measure]
    lines = []
    for mean, dashed in ((ARITHMETIC, False), ("geometric", True)):
        curves = [curve for run in runs for curve in run.curves if (curve.method, curve.mean) == (method, mean)]
        if curves:
            name = f"{SAMPLED[method]}, {mean} mean"
            lines.append(Line(name, _seed_points(curves, measure), 0, dashed))
    others = [one for one in arithmetic(record.ensembles) if one.network == network]
    lines += [Line("independent networks", _ensemble_line(one, measure, 1).points, 1) for one in others]
    whole = Level(WHOLE[method], tuple(value(run.whole) for run in runs))
    return Panel(network, label, tuple(lines), (whole,))


def _ensemble_line(one: Ensemble, measure: str, look: int) -> Line:
    value = MEASURES[measure][1]
    points = tuple((float(point.members), (value(point.score),)) for point in one.points)
    return Line(f"independent: {one.network}", points, look)


def _seed_points(curves: Sequence[VoteCurve], measure: str) -> tuple[Point, ...]:
    """Return for each size the mean over ensembles, a value a seed."""
    value = MEASURES[measure][1]
    sizes = sorted({point.members for curve in curves for point in curve.points})
    return tuple(
        (
            float(size),
            tuple(
                statistics.fmean(map(value, point.scores))
                for curve in curves
                for point in curve.points
                if point.members == size
            ),
        )
        for size in sizes
    )


def arithmetic(ensembles: Sequence[Ensemble]) -> list[Ensemble]:
    """Return the ensembles that go by arithmetic means."""
    return [one for one in ensembles if one.mean == ARITHMETIC]
