"""What is said of lesions follows from their numbers, with a claim only where seeds bear it."""

from dataclasses import replace

import pytest

from depthlab.questions.lesion.record import LesionRecord
from depthlab.questions.lesion.verdict import halfway, judge, outcome_of, rise
from depthlab.statistics import paired
from tests.questions.lesion.records import lesion_record, lesioned

RESIDUAL, PLAIN = (4.0, 5.0, 6.0), (60.0, 55.0, 62.0)


def test_a_network_that_loses_less_is_named_with_its_interval() -> None:
    record = lesion_record({"plain": PLAIN, "resnet": RESIDUAL})
    [one] = record.compared
    assert (one.a, one.b, outcome_of(one)) == ("resnet-20", "plain-20", "less")
    expected = paired(RESIDUAL, PLAIN)
    assert one.comparison is not None
    assert one.comparison.difference == pytest.approx(expected.difference)
    assert one.p_holm == pytest.approx(expected.p)
    assert record.headline == "Deleting a unit hurts resnet-20 less than plain-20."
    assert record.about.verdict[0] == record.headline
    sentence = next(text for text in record.about.verdict if text.startswith("resnet-20: deleting"))
    assert "one of its 6 sites raises the test error by 5.0 points (95 % interval 2.5 to 7.5, 3 seeds)" in sentence
    assert "from 3.1 to 8.1 % (median over sites)" in sentence
    [compared] = [text for text in record.about.verdict if text.startswith("Deleting one unit")]
    assert compared.startswith(
        "Deleting one unit raises the error of resnet-20 by 5.0 points and raises that of plain-20"
    )
    assert compared.endswith(": less in resnet-20.")


def test_the_order_of_networks_changes_no_claim() -> None:
    record = lesion_record({"resnet": RESIDUAL, "plain": PLAIN})
    assert record.headline == "Deleting a unit hurts resnet-20 less than plain-20."
    assert outcome_of(record.compared[0]) == "more" and record.compared[0].a == "plain-20"


def test_what_seeds_do_not_bear_is_no_claim() -> None:
    record = lesion_record({"plain": (1.0, 30.0, 2.0), "resnet": (2.0, 1.0, 3.0)})
    assert record.headline == "No claim on resnet-20 against plain-20."
    assert record.about.verdict[-1].endswith("by Holm): no claim.")


def test_one_seed_is_a_point() -> None:
    record = lesion_record({"plain": (60.0,), "resnet": (5.0,)})
    assert outcome_of(record.compared[0]) == "point"
    assert "a point, no claim" in " ".join(record.about.verdict)
    assert record.about.verdict[-1] == "One run of a network gives a point: it takes several seeds to make a claim."
    alone = lesion_record({"resnet": (5.0,)})
    assert (
        alone.compared == ()
        and alone.headline == "Deleting one unit raises the test error of resnet-20 by 5.0 points (median)."
    )


def test_runs_that_are_missing_are_told() -> None:
    record = lesion_record({"plain": PLAIN, "resnet": RESIDUAL}, lost=1)
    assert "resnet-20, 1 of 3 runs: diverged" in record.about.verdict[-1]
    told = lesion_record({"resnet": RESIDUAL}, unmeasured=("resnet-20 · digits · seed 9 can't be measured: gone.",))
    assert told.about.verdict[-1].endswith("can't be measured: gone.")


def test_networks_are_compared_if_they_differ_in_one_axis() -> None:
    runs = [
        lesioned("resnet", seed, 3.0, 5.0 + seed, drop_path=drop_path, depth=depth)
        for drop_path in (0, 0.5)
        for depth in (20, 56)
        for seed in (0, 1)
    ]
    record = lesion_record({"resnet": (1.0,)})
    about = replace(record.about, axes=("drop_path", "depth", "seed"), runs=())
    judged = judge(replace(record, about=about, measured=tuple(runs)))
    assert len(judged.compared) == 4, "of six pairs, two differ in both"


def test_half_of_the_way_is_counted_in_deletions() -> None:
    run = lesioned("resnet", 0, 10.0, 12.0)
    assert halfway([run]) == 4, "10 + 4 * 12 is above 50, half of the way from 10 to 90, and 10 + 3 * 12 is not"
    assert halfway([lesioned("resnet", 0, 10.0, 0.1)]) is None
    assert halfway([lesioned("resnet", 0, 80.0, 5.0)]) is None, "it is lost from the start"
    assert rise(replace(run, lesions=replace(run.lesions, singles=()))) is None


def test_a_verdict_is_computed_from_the_record_alone() -> None:
    record = lesion_record({"plain": PLAIN, "resnet": RESIDUAL})
    assert judge(LesionRecord.from_json(record.to_json())) == record


def test_an_error_that_falls_or_stays_is_not_said_to_rise() -> None:
    falls, stays = lesion_record({"resnet": (-2.5,)}), lesion_record({"resnet": (0.0,)})
    assert falls.headline == "Deleting one unit lowers the test error of resnet-20 by 2.5 points (median)."
    assert stays.headline == "Deleting one unit does not change the test error of resnet-20 (median)."
    assert "lowers the test error by 2.5 points (one run, a point)" in " ".join(falls.about.verdict)
