"""Is width the base and depth the exponent? What is said of networks whose laws are known."""

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import pytest
from scipy import stats

from depthlab.questions.exponent.fit import (
    ONE_GROUP,
    SIZE_GROUPS,
    SIZE_UNITS,
    SOME_GROUPS,
    SOME_UNITS,
    VALUES,
    compare_pieces,
    fit_all,
)
from depthlab.questions.exponent.record import ExponentRecord, ExponentRun, PieceLesion, PieceSet
from depthlab.questions.exponent.verdict import CARDINALITY, DEPTH, EXCHANGE, find_parts, judge, outcome_of
from depthlab.records import QuestionRecord, RunRef, TrialState
from depthlab.statistics import holm
from tests.questions.exponent.networks import SHAPES, exponent_runs

SHARE = 1 / 3


def told(runs: list[ExponentRun], refs: Sequence[RunRef] = ()) -> str:
    about = QuestionRecord("exponent", (), "", "", None, (), {}, (), (), {}, runs=tuple(refs))
    return " ".join(judge(ExponentRecord(about, (), tuple(runs), SHARE, 360)).about.verdict)


def as_read() -> list[ExponentRun]:
    """Robustness and size grow with depth, and less with cardinality."""
    return exponent_runs(lambda n, c: 60 - 10 * math.log2(n) - 3 * math.log2(c), lambda n, c: n * c**0.3)


def turned() -> list[ExponentRun]:
    """Cardinality does it, and depth harms."""
    return exponent_runs(lambda n, c: 20 + 6 * math.log2(n) - 8 * math.log2(c), lambda n, c: 30 * c / n)


def test_fits_find_the_laws_that_runs_were_made_by() -> None:
    fits = {fit.measure: fit for fit in fit_all(as_read())}
    assert [one.points for one in fits[SOME_UNITS].exchanges] == pytest.approx([-10, -3], abs=0.3)
    assert [one.points for one in fits[SIZE_UNITS].exchanges] == pytest.approx([1, 0.3], abs=0.05)
    assert [one.points for one in fits[SOME_GROUPS].exchanges] == pytest.approx([-5, -1.5], abs=0.3)


def test_values_are_the_means_of_draws_less_the_whole_networks_error() -> None:
    run = as_read()[0]
    assert VALUES[SOME_UNITS](run) == pytest.approx(60 - 10 * math.log2(6) - 6 - 0.3)
    assert VALUES[SOME_UNITS](replace(run, pieces=())) is None


def test_values_of_groups_are_those_of_groups() -> None:
    run = replace(as_read()[0], power=64.0, error=5.0)
    units, groups = run.pieces
    few = PieceSet("groups", (PieceLesion("1.2 group 1", False, 7.0, 4.0), *groups.lesions[:1]), 1, (6.0, 9.0))
    run = replace(run, pieces=(units, few))
    assert [VALUES[name](run) for name in (ONE_GROUP, SOME_GROUPS, SIZE_GROUPS)] == [2.0, 2.5, 4.0]


def test_fits_go_by_the_work_not_by_the_parameters() -> None:
    runs = as_read()
    assert fit_all([replace(run, parameters=7 + place % 3) for place, run in enumerate(runs)]) == fit_all(runs)


def test_parts_of_the_reading_are_signed_for_it() -> None:
    parts = find_parts(fit_all(as_read()))
    assert [(part.measure, part.claim) for part in parts] == [
        (measure, claim) for measure in (SOME_UNITS, SIZE_UNITS) for claim in (DEPTH, CARDINALITY, EXCHANGE)
    ]
    assert all(part.value > 0 and part.low > 0 and part.stands == "supported" for part in parts)
    assert outcome_of(parts) == "supported"
    against = {(part.measure, part.claim): part.stands for part in find_parts(fit_all(turned()))}
    assert against[SOME_UNITS, DEPTH] == against[SIZE_UNITS, DEPTH] == "contradicted"
    assert against[SOME_UNITS, CARDINALITY] == against[SIZE_UNITS, CARDINALITY] == "supported"
    assert against[SOME_UNITS, EXCHANGE] == against[SIZE_UNITS, EXCHANGE] == "contradicted"


def test_the_verdict_is_computed() -> None:
    text = told(as_read())
    assert text.startswith("The reading that width is the base and depth the exponent is supported: of its 6 parts")
    assert (
        "after deleting 33 % of the units that keep the shape (33 % of all units) the error rises, with each doubling "
        "of the units, by 10.0 points less" in text
    )
    assert "goes with the units to the power 1.0" in text and "99.3 % interval" in text
    text = told(turned())
    assert "is not supported: of its 6 parts 2 supported, 4 contradicted." in text
    assert "by 6.0 points more (99" in text


def test_where_nothing_depends_on_depth_nothing_is_decided() -> None:
    text = told(exponent_runs(lambda n, c: 20.0, lambda n, c: 4.0))
    assert "is not decided: of its 6 parts 6 not decided" in text
    assert "Robustness, " in text and "5 networks tell the difference to within " in text


def test_one_seed_makes_no_claim() -> None:
    text = told(exponent_runs(lambda n, c: 60 - 10 * math.log2(n), lambda n, c: float(n), seeds=1))
    assert "is not decided: nothing tells how sure the numbers are" in text
    assert "one seed a network" in text and "supported" not in text.replace("not supported", "")


def test_networks_along_one_axis_decide_nothing() -> None:
    text = told([run for run in as_read() if run.cardinality == 4])
    assert "is not decided: no two networks here differ in cardinality alone" in text
    assert "is not decided" in told(as_read()[:3])


def test_units_are_set_against_groups() -> None:
    text = told(as_read())
    assert "Units against groups: without 33 % of the units that keep the shape (33 % of all units) a network's" in text
    assert "units are missed more" in text
    alone = [replace(run, pieces=run.pieces[:1]) for run in as_read()]
    assert "Units against groups" not in told(alone)


def test_units_and_groups_are_compared_over_networks_not_over_runs() -> None:
    found = compare_pieces(as_read())
    assert found is not None and found.comparison is not None
    rises = [60 - 10 * math.log2(n) - 3 * math.log2(c) for n, c, _ in SHAPES]
    assert found.comparison.n == (5, 5)
    reference = stats.ttest_1samp([rise / 2 for rise in rises], 0)
    assert (found.comparison.difference, found.comparison.p) == (
        pytest.approx(fmean(rises) / 2, abs=0.01),
        pytest.approx(reference.pvalue, rel=0.1),
    )


def test_units_against_groups_are_corrected_with_the_parts() -> None:
    about = QuestionRecord("exponent", (), "", "", None, (), {}, (), (), {})
    record = judge(ExponentRecord(about, (), tuple(as_read()), SHARE, 360))
    assert record.units_against_groups is not None and record.units_against_groups.comparison is not None
    together = [*(part.p for part in record.parts), record.units_against_groups.comparison.p]
    assert (*(part.p_holm for part in record.parts), record.units_against_groups.p_holm) == holm(together)


def test_missing_runs_and_refused_networks_are_named() -> None:
    refused = ExponentRun("x", "plain-20", "plain", 0, 0, 1, 1, 1, 9.0, 0.0, note="no unit of it adds to a skip")
    network = "resnext-20 4x4d"
    lost = RunRef("", network, "resnext", 6.0, TrialState.FAILED, {}, "x", (), fault="diverged")
    text = told([*as_read(), refused], [replace(lost, state=TrialState.FINISHED, fault=None)] * 2 + [lost])
    assert "plain-20 is left out: no unit of it adds to a skip." in text
    assert "resnext-20 4x4d, 1 of 3 runs: diverged. They are in no mean and no fit" in text
