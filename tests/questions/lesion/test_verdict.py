"""What is said of lesions follows from their numbers, with a claim only where seeds bear it."""

from dataclasses import replace

import pytest

from depthlab.questions.lesion.record import LesionRecord
from depthlab.questions.lesion.verdict import halfway, judge, outcome_of, rise
from depthlab.records import Compared
from depthlab.statistics import holm, paired, welch
from tests.questions.lesion.records import lesion_record, lesioned

RESIDUAL, PLAIN = (4.0, 5.0, 6.0), (60.0, 55.0, 62.0)


def test_a_network_that_loses_less_is_named_with_its_interval() -> None:
    record = lesion_record({"plain": PLAIN, "resnet": RESIDUAL})
    [one] = record.compared
    assert (one.a, one.b, outcome_of(one)) == ("resnet-20", "plain-20", "less")
    expected = welch(RESIDUAL, PLAIN)
    assert one.comparison is not None
    assert one.comparison.difference == pytest.approx(expected.difference)
    assert one.p_holm == pytest.approx(expected.p)
    assert record.headline == "Deleting a unit hurts resnet-20 less than plain-20."
    assert record.about.verdict[0] == record.headline
    sentence = next(text for text in record.about.verdict if text.startswith("resnet-20: deleting"))
    assert "one of its 6 sites raises the test error by 5.0 points (97.5 % interval 1.4 to 8.6, 3 seeds)" in sentence
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
    assert record.headline == "No difference shown between resnet-20 and plain-20."
    told = record.about.verdict[-1]
    assert "by Holm): no difference shown. 3 seeds tell it to within 40.7 points; 0.5 points take more than" in told
    assert "changes the test error by 2.0 points, not shown to differ from 0 (97.5 % in" in record.about.verdict[2]
    assert "points; 0.5 points take about 25 to 95: type 'seed=range(95)'." in record.about.verdict[2]


def test_one_seed_has_no_test() -> None:
    record = lesion_record({"plain": (60.0,), "resnet": (5.0,)})
    assert outcome_of(record.compared[0]) == "untested" and record.headline == "No test of resnet-20 and plain-20."
    assert record.about.verdict[-1].endswith("no test. With 1 seed there is no interval: type 'seed=range(3)'.")
    alone = lesion_record({"resnet": (5.0,)})
    expected = "Deleting one unit raises the test error of resnet-20 by 5.0 points (median, one seed)."
    assert alone.compared == () and alone.headline == expected
    assert not any("seed=range" in text for text in lesion_record({"resnet": (5.0,)}, weights="a.th").about.verdict)


def test_what_a_deletion_does_is_tested_over_seeds_and_corrected() -> None:
    record = lesion_record({"plain": (1.0, 30.0, 2.0), "resnet": RESIDUAL})
    whole = [3.0, 3.1, 3.2]
    lesioned_errors = [[w + r for w, r in zip(whole, rises, strict=True)] for rises in ((1, 30, 2), RESIDUAL)]
    p = [paired(errors, whole, images=360).p for errors in lesioned_errors]
    assert [one.comparison.p for one in record.rises if one.comparison is not None] == pytest.approx(p)
    assert [one.p_holm for one in record.rises] == pytest.approx(list(holm(p)))


def test_equal_seeds_are_not_sure_of_all_seeds() -> None:
    record = lesion_record({"plain": (5.0, 5.0, 5.0), "resnet": (5.0, 5.0, 5.0)})
    for one in (*record.rises, *record.compared):
        assert one.comparison is not None and one.comparison.interval is not None
        assert one.comparison.interval.high - one.comparison.interval.low > 1, "each of 360 images is 0.28 points"


def test_runs_that_are_missing_are_told() -> None:
    record = lesion_record({"plain": PLAIN, "resnet": RESIDUAL}, lost=1)
    assert "resnet-20, 1 of 3 runs: diverged" in record.about.verdict[-1]
    told = lesion_record({"resnet": RESIDUAL}, unmeasured=("resnet-20 · digits · seed 9 can't be measured: gone.",))
    assert told.about.verdict[-1].endswith("can't be measured: gone.")


def of_two_axes(**changed: str) -> list[Compared]:
    runs = [
        replace(lesioned("resnet", seed, 3.0, 5 + seed * depth / 10 + rate, drop_path=rate, depth=depth), **changed)
        for rate in (0, 0.5)
        for depth in (20, 56)
        for seed in (0, 1, 2)
    ]
    record = lesion_record({"resnet": (1.0,)})
    about = replace(record.about, axes=("drop_path", "depth", "seed"), runs=())
    return list(judge(replace(record, about=about, measured=tuple(runs))).compared)


def test_networks_are_compared_if_they_differ_in_one_axis() -> None:
    assert len(of_two_axes()) == 4, "of six pairs, two differ in both"


def test_pairs_are_runs_of_one_model_that_began_with_the_same_weights() -> None:
    methods = {one.a.split(" depth")[0] == one.b.split(" depth")[0]: one.comparison for one in of_two_axes()}
    assert methods[True] is not None and methods[True].method == "welch", "networks of two depths"
    assert methods[False] is not None and methods[False].method == "paired t", "with and without stochastic depth"
    unknown = [one.comparison for one in of_two_axes(initial_weights="")]
    assert all(found is not None and found.method == "welch" for found in unknown)


def test_half_of_the_way_is_interpolated() -> None:
    run = lesioned("resnet", 0, 10.0, 12.0, draws=1)
    assert halfway(run) == pytest.approx(40 / 12), "from 10 to 50 in steps of 12 a deletion"
    assert halfway(lesioned("resnet", 0, 10.0, 80.0, draws=1)) == pytest.approx(0.5), "90 is as much as there is"
    assert halfway(lesioned("resnet", 0, 10.0, 12.0)) == pytest.approx(3 + 3 / 12), "draws are 0, 1 and 2 points higher"
    assert halfway(lesioned("resnet", 0, 10.0, 0.1)) is None
    assert halfway(lesioned("resnet", 0, 80.0, 5.0)) is None, "it is lost from the start"
    assert rise(replace(run, lesions=replace(run.lesions, singles=()))) is None


def test_half_of_the_way_has_an_interval_over_seeds() -> None:
    told = lesion_record({"plain": (20.0, 25.0, 30.0), "resnet": (5.0, 30.0, 31.0)}).about.verdict
    assert "By interpolation, 1.7 random deletions take it halfway to chance (95 % interval" in told[1]
    assert ", 2 of 3 seeds)" in told[2]


def test_a_verdict_is_computed_from_the_record_alone() -> None:
    record = lesion_record({"plain": PLAIN, "resnet": RESIDUAL})
    assert judge(LesionRecord.from_json(record.to_json())) == record


def test_an_error_that_falls_or_stays_is_not_said_to_rise() -> None:
    falls, stays = lesion_record({"resnet": (-2.5,)}), lesion_record({"resnet": (0.0,)})
    assert falls.headline == "Deleting one unit lowers the test error of resnet-20 by 2.5 points (median, one seed)."
    assert stays.headline == "Deleting one unit does not change the test error of resnet-20 (median, one seed)."
    assert "lowers the test error by 2.5 points (1 seed)" in " ".join(falls.about.verdict)
