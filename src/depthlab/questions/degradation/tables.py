"""The tests of a verdict as tables."""

from collections.abc import Sequence

from depthlab.questions.degradation.record import Ladder, Rung, SeriesTrend
from depthlab.report.blocks import PageTable
from depthlab.report.cells import INTERVAL, interval_cell


def trend_table(trends: Sequence[SeriesTrend]) -> PageTable:
    """Return a row for each series: its trend, and its deepest network against the shallowest."""
    head = (
        *("series", "runs", "diverged", "deeper errs more", "test", "p", "p, all series"),
        *("deepest − shallowest (points)", INTERVAL),
        *("equal within the margin: p", "equal within the margin: p, all series"),
    )
    return PageTable(head, tuple(_trend_row(one) for one in trends), "Deeper errs more: of two runs.", "trends")


def ladder_table(ladder: Ladder) -> PageTable:
    """Return a row for each step."""
    rows = tuple((rung.claim, rung.p, "yes" if rung.reached else "no", _said(rung)) for rung in ladder.rungs)
    return PageTable(("claim", "p", "tested", "result"), rows, "In this order.", "ladder")


def _said(rung: Rung) -> str:
    if not rung.reached:
        return "not tested: a step before it failed"
    return "shown" if rung.holds else "not shown"


def _trend_row(one: SeriesTrend) -> tuple[object, ...]:
    trend, effect, equal = one.trend, one.effect, one.equivalence
    return (
        one.series,
        one.runs,
        one.diverged,
        None if trend is None else trend.probability,
        one.test if trend is None else f"{one.test} ({trend.method})",
        one.p,
        one.p_corrected,
        None if effect is None else effect.difference,
        None if effect is None else interval_cell(effect.interval),
        None if equal is None else equal.p,
        one.equivalence_p_corrected,
    )
