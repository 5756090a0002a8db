"""A factorial as blocks of a page: what each factor changes, the gap, calibration, and runs that diverged."""

import statistics
from collections import Counter
from collections.abc import Sequence

from depthlab.questions.grouping import grouped
from depthlab.questions.regularization.figures import (
    change_name,
    effects_figure,
    gap_figure,
    interaction_figure,
    reliability_figure,
)
from depthlab.questions.regularization.record import (
    CALIBRATION,
    GAP,
    TEST,
    UNITS,
    FactorialRun,
    PublishedEffect,
    RegularizationRecord,
)
from depthlab.records import Calibration, CalibrationBin, Change
from depthlab.report.blocks import PageTable, Picture
from depthlab.report.cells import ERRORS, INTERVAL, error_cells, interval_cell
from depthlab.report.published_table import fewest_images
from depthlab.report.scale import show

_DRAWN = (TEST, GAP, CALIBRATION)


def effect_picture(record: RegularizationRecord) -> Picture:
    """Return the figure of main effects, each with those at the levels of the other axes below it."""
    drawn = grouped((one for one in record.effects if not one.less), lambda one: one.measure)
    panels = {measure: (UNITS[measure], _in_order(drawn[measure])) for measure in _DRAWN if measure in drawn}
    told = "; ".join(
        f"{one.axis} {one.difference:+.3g}"
        for one in record.effects
        if one.measure == _DRAWN[0] and not one.at and one.difference is not None
    )
    return Picture(
        effects_figure(panels),
        "effects",
        f"Changes with intervals, a row for each factor. Main changes of the test error in points: {told}.",
        "What each factor changes: circles the mean over all cells, diamonds at one level of another axis. Bars are "
        "intervals: those of main changes hold for all factors at once, others each for itself at 95 %. The gap is the "
        "test error less the training error.",
    )


def interaction_picture(record: RegularizationRecord) -> Picture:
    """Return the interaction figure."""
    others = ", ".join(axis.name for axis in record.axes)
    return Picture(
        interaction_figure(record.measured, record.factors, record.axes),
        "interactions",
        f"Test error at each level of one axis, a line for each level of another; axes: {others}.",
        "Lines go through means, points are runs. Where lines are parallel, a factor changes as much everywhere.",
    )


def gap_picture(record: RegularizationRecord) -> Picture:
    """Return the figure of training and test error of every cell."""
    cells = grouped(record.measured, lambda one: cell_name(one, record))
    told = "; ".join(
        f"{name}: {statistics.fmean(one.run.train_error for one in runs):.2f} and "
        f"{statistics.fmean(one.run.test_error for one in runs):.2f}"
        for name, runs in cells.items()
    )
    return Picture(
        gap_figure(cells),
        "gap",
        f"Mean training and test error in percent of each combination. {told}.",
        "Circles: training error of the final weights, without augmentation. Squares: test error. The bar between is "
        "the gap. Small marks are runs.",
    )


def reliability_picture(record: RegularizationRecord) -> Picture | None:
    """Return the reliability diagram, a panel for each factor; None where nothing was measured."""
    panels: dict[str, dict[str, tuple[CalibrationBin, ...]]] = {}
    for factor in record.factors:
        for level in (factor.off, factor.on):
            parts = [
                one.calibration
                for one in record.measured
                if one.calibration is not None and one.levels.get(factor.name, factor.off) == level
            ]
            if parts:
                panels.setdefault(factor.name, {})[show(level)] = pooled(parts)
    if not panels:
        return None
    errors = "; ".join(f"{cell} {100 * value:.2f} %" for cell, value in _expected_errors(record).items())
    return Picture(
        reliability_figure(panels),
        "reliability",
        f"Share of test images that are classified rightly against confidence, by factor and level. Expected "
        f"calibration errors: {errors}.",
        "Test images in 15 bins of their largest probability, of all runs of a level together; marks grow with the "
        "images in a bin. On the dotted line a network is as often right as it says, below it is too sure.",
    )


def pooled(parts: Sequence[Calibration]) -> tuple[CalibrationBin, ...]:
    """Return the bins of several measures with equal bins, as if all their images were one set."""
    return tuple(_together(same) for same in zip(*(part.bins for part in parts), strict=True))


def effect_table(effects: Sequence[Change], name: str) -> PageTable:
    """Return a row for each change of each measure."""
    rows = tuple(
        (
            one.measure,
            change_name(one),
            "interaction" if one.less else "at a level" if one.at else "main",
            one.difference,
            interval_cell(one.interval),
            *(one.p, one.p_holm),
            one.comparison.df if one.comparison else None,
            one.comparison.note or None if one.comparison else "no runs to compare",
        )
        for one in effects
    )
    head = ("measure", "change", "kind", "difference", INTERVAL, "p", "p by Holm", "df", "why no test")
    return PageTable(head, rows, "Changes from a factor's first level to its second.", name)


def cell_table(record: RegularizationRecord) -> PageTable:
    """Return a row for each cell: its levels, its runs, and means of what they found."""
    cells = grouped(record.measured, lambda one: one.run.network)
    asked = Counter(ref.group for ref in record.about.runs)
    rows = []
    for network, count in asked.items():
        runs = cells.get(network, [])
        gap = _mean([one.run.test_error - one.run.train_error for one in runs])
        there = [one.calibration for one in runs if one.calibration is not None]
        chances = [100 * one.chance_error for one in there if one.chance_error is not None]
        error, loss = _mean([100 * one.expected_error for one in there]), _mean([one.loss for one in there])
        calibration = (error, _mean(chances) if len(chances) == len(there) else None, loss)
        errors = error_cells([one.run for one in runs])
        rows.append((network, *errors, gap, *calibration, f"{len(runs)} of {count}"))
    head = (
        *("network", *ERRORS, "gap (points)"),
        *("calibration error (%)", "by chance (%)", "test loss (nats)", "runs"),
    )
    return PageTable(head, tuple(rows), "Means over seeds.", "cells", fewest_images(record.trained))


def published_effect_table(record: RegularizationRecord) -> PageTable:
    """Return a row for each published pair, with what the factor changes here."""
    here = {one.axis: one.difference for one in record.effects if one.measure == _DRAWN[0] and not one.at}
    return PageTable(
        (
            *("factor", "here (points)", "published (points)", "without (%)", "with (%)", "strength", "network"),
            *("data", "runs", "kind of source", "where", "notes"),
        ),
        tuple(_published_row(pair, here.get(pair.factor)) for pair in record.published),
        "Published test errors of networks without a regularizer and with it.",
        "published",
    )


def cell_name(one: FactorialRun, record: RegularizationRecord) -> str:
    """Return the levels of a run, in the order of the axes: `dropout 0.3, depth 20`."""
    return ", ".join(f"{axis.name} {show(one.levels[axis.name])}" for axis in record.axes)


def _in_order(effects: Sequence[Change]) -> list[Change]:
    """Put the changes of a factor at the levels of other axes below its main one."""
    names = list(dict.fromkeys(one.axis for one in effects))
    return sorted(effects, key=lambda one: (names.index(one.axis), bool(one.at)))


def _expected_errors(record: RegularizationRecord) -> dict[str, float]:
    cells = grouped((one for one in record.measured if one.calibration), lambda one: cell_name(one, record))
    return {
        cell: statistics.fmean(one.calibration.expected_error for one in runs if one.calibration)
        for cell, runs in cells.items()
    }


def _together(same: Sequence[CalibrationBin]) -> CalibrationBin:
    count = sum(one.count for one in same)
    confidence, accuracy = (
        sum(one.count * value for one in same if (value := getattr(one, name)) is not None) / count if count else None
        for name in ("confidence", "accuracy")
    )
    return CalibrationBin(same[0].low, same[0].high, count, confidence, accuracy)


def _published_row(pair: PublishedEffect, here: float | None) -> tuple[object, ...]:
    less, more = pair.without, pair.with_it
    kinds = dict.fromkeys("not verified" if one.source == "unverified" else one.source for one in (less, more))
    runs = more.runs if more.runs is not None else None
    return (
        *(pair.factor, here, round(more.error - less.error, 6), less.error, more.error, pair.strength, less.network),
        *(less.dataset, runs, " and ".join(kinds), more.where, more.notes),
    )


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
