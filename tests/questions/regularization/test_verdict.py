"""The verdict on regularizers: it says what was built in, no more than the runs can bear, and what is missing."""

from dataclasses import replace

import pytest

from depthlab.questions.regularization.record import GAP, TEST, Factor, RegularizationRecord
from depthlab.questions.regularization.verdict import find, interactions, judge
from depthlab.records import Change, FactorialAxis
from tests.questions.regularization.records import FACTORS, record_of


def test_what_was_built_in_is_found() -> None:
    judged = record_of(3)
    assert judged.about.verdict[0] == "weight_decay lowers the test error; drop_path lowers the test error on average."
    decay, drop = (find(judged.effects, TEST, factor.name) for factor in FACTORS)
    assert decay is not None and decay.difference == pytest.approx(-2.0, abs=0.3)
    assert drop is not None and drop.difference == pytest.approx(-1.0, abs=0.3)
    deep = find(judged.effects, TEST, "drop_path", {"depth": 20})
    assert deep is not None and deep.difference == pytest.approx(-3.0, abs=0.4)
    apart = {(one.axis, *one.at): one for one in interactions(judged.effects, TEST)}
    assert apart["drop_path", "depth"].difference == pytest.approx(-4.0, abs=0.5)
    assert set(apart) == {("weight_decay", "drop_path"), ("weight_decay", "depth"), ("drop_path", "depth")}
    assert judged.failures == ()


def test_sentences_hold_numbers_intervals_and_interactions() -> None:
    told = record_of(3).about.verdict[1:]
    assert told[0].startswith("weight_decay at 0.0005 lowers the test error by ") and "97.5 % interval 1." in told[0]
    assert "p = " in told[0] and told[1].startswith("3 seeds tell it to within ")
    assert any(sentence.startswith("drop_path at 0.5 lowers the test error by ") for sentence in told)
    (depends,) = (sentence for sentence in told if sentence.startswith("What drop_path does depends on depth: "))
    assert "points at depth 8 and by -" in depends and "points at depth 20 (difference -" in depends
    quiet = told[-1]
    assert quiet.startswith("No interaction shown in the test error: weight_decay × drop_path (")
    assert "weight_decay × depth (" in quiet and quiet.count("98.3 % interval") == 2


def test_a_gap_that_is_the_test_error_is_not_told_again() -> None:
    record = record_of(3)
    fitted = [replace(one, run=replace(one.run, train_error=0.0)) for one in record.measured]
    found = judge(replace(record, measured=tuple(fitted)))
    test, gap = (find(found.effects, measure, "weight_decay") for measure in (TEST, GAP))
    assert test is not None and gap is not None and gap.difference == pytest.approx(test.difference)
    assert "gap" not in " ".join(found.about.verdict)


def test_one_seed_makes_no_claim() -> None:
    verdict = record_of(1).about.verdict
    assert verdict[0] == "No claim about weight_decay and drop_path."
    assert "points, without a test." in verdict[1] and "interval" not in " ".join(verdict)
    assert any(sentence.startswith("No test: of fewer than two seeds all runs are there") for sentence in verdict)


def test_a_lost_run_is_told_and_makes_no_claim_surer() -> None:
    whole, lost = record_of(3), record_of(3, {(0.0, 0.5, 20, 0)})
    assert any("1 of 3 runs: diverged" in sentence for sentence in lost.about.verdict)
    assert "1 of 12 runs with drop_path at 0.5 diverged, and 0 of 12 with no drop_path: no difference shown " in str(
        lost.about.verdict
    )
    ours, theirs = (find(record.effects, TEST, "weight_decay") for record in (lost, whole))
    assert ours is not None and ours.comparison is not None and sorted(ours.comparison.n) == [2, 3]
    assert theirs is not None and theirs.comparison is not None and theirs.comparison.n == (3, 3)


def test_runs_that_diverge_at_one_level_are_a_finding() -> None:
    lost = {(decay, 0.5, depth, seed) for decay in (0.0, 5e-4) for depth in (8, 20) for seed in range(2)}
    found = record_of(3, lost)
    (drop,) = [one for one in found.failures if "drop_path" in one.a]
    assert (drop.diverged_a, drop.runs_a, drop.diverged_b, drop.runs_b) == (8, 12, 0, 12)
    assert "8 of 12 runs with drop_path at 0.5 diverged, and 0 of 12 with no drop_path: that differs" in str(
        found.about.verdict
    )


def test_a_combination_without_runs_is_told() -> None:
    found = record_of(3, {(0.0, 0.5, 20, seed) for seed in range(3)})
    assert "this is over 3 of 4 combinations of the other axes, as the rest lack runs" in found.about.verdict[1]


def test_a_level_without_runs_can_not_be_told() -> None:
    lost = {(decay, 0.5, depth, seed) for decay in (0.0, 5e-4) for depth in (8, 20) for seed in range(3)}
    verdict = record_of(3, lost).about.verdict
    assert verdict[0] == "weight_decay lowers the test error; nothing to compare for drop_path."
    assert "drop_path: its effect can't be estimated from the runs that finished." in verdict


def test_a_change_that_is_noise_is_not_called_one() -> None:
    record = record_of(3)
    quiet = [one for one in record.measured if not one.levels["weight_decay"]]
    shuffled = [
        replace(one, run=replace(other.run, seed=one.run.seed))
        for one, other in zip(quiet, quiet[1::2] + quiet[::2], strict=True)
    ]
    found = judge(replace(record, measured=tuple(shuffled)))
    assert "no change in the test error shown for drop_path" in found.about.verdict[0].lower()


def test_the_verdict_follows_from_the_record() -> None:
    record = record_of(3)
    blank = replace(record, about=replace(record.about, verdict=()), effects=(), failures=())
    assert judge(blank) == record


def test_only_what_leaves_the_initial_weights_alone_makes_twins() -> None:
    record = record_of(3)
    assert record.twins == ("weight_decay", "drop_path")
    factors = (*record.factors, Factor("batch_norm", "model.batch_norm", False, True))
    others = ("batch_norm", "learning_rate", "width", "parts.activation", "epochs")
    axes = (*record.axes, *(FactorialAxis(name, (1, 2)) for name in others))
    assert replace(record, factors=factors, axes=axes).twins == ("weight_decay", "drop_path", "learning_rate", "epochs")


def test_records_of_the_analysis_of_variance_are_read() -> None:
    record = record_of(3)
    values = record.to_dict()
    old = {"measure": TEST, "axis": "weight_decay", "at": {}, "less": {}, "difference": -2.0, "p": 0.01}
    values |= {"effects": [old | {"interval": {"low": -3.0, "high": -1.0, "level": 0.95}, "p_holm": 0.02}]}
    values |= {"anovas": [{"measure": TEST}]}
    (found,) = RegularizationRecord.from_dict(values).effects
    assert isinstance(found, Change) and (found.difference, found.p, found.p_holm) == (-2.0, 0.01, 0.02)
    assert found.interval is not None and found.interval.low == -3.0
    assert judge(RegularizationRecord.from_dict(values)) == record
