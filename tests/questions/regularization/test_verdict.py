"""The verdict on regularizers: it says what was built in, no more than the runs can bear, and what is missing."""

from dataclasses import replace

import pytest

from depthlab.questions.regularization.verdict import GAP, TEST, find, interactions, judge, judge_factorial
from tests.questions.regularization.records import AXES, FACTORS, record_of, runs_of


def test_what_was_built_in_is_found() -> None:
    refs, runs = runs_of(3)
    judged = judge_factorial(FACTORS, AXES, refs, runs)
    assert judged.headline == "weight_decay and drop_path lower the test error."
    decay, drop = (find(judged.effects, TEST, factor.name) for factor in FACTORS)
    assert decay is not None and decay.difference == pytest.approx(-2.0, abs=0.3)
    assert drop is not None and drop.difference == pytest.approx(-1.0, abs=0.3)
    deep = find(judged.effects, TEST, "drop_path", {"depth": 20})
    assert deep is not None and deep.difference == pytest.approx(-3.0, abs=0.4)
    apart = {(one.axis, *one.at): one for one in interactions(judged.effects, TEST)}
    assert apart["drop_path", "depth"].difference == pytest.approx(-4.0, abs=0.5)
    assert set(apart) == {("weight_decay", "drop_path"), ("weight_decay", "depth"), ("drop_path", "depth")}
    assert [table.measure for table in judged.anovas][:2] == [TEST, GAP]


def test_sentences_hold_numbers_intervals_and_interactions() -> None:
    first, second, third, fourth = judged().verdict
    assert first.startswith("weight_decay at 0.0005 lowers the test error by ") and "95 % interval -" in first
    assert "it changes the gap between training and test error by" in first and "p = " in first
    assert second.startswith("drop_path at 0.5 lowers the test error by ")
    assert third.startswith("What drop_path does depends on depth: it changes the test error by ")
    assert "points at depth 8 and by -" in third
    assert "points at depth 20 (difference -" in third
    assert fourth == "No interaction shown in the test error: weight_decay × drop_path, weight_decay × depth."


def test_a_gap_that_is_the_test_error_has_no_numbers_of_its_own() -> None:
    refs, runs = runs_of(3)
    fitted = [replace(one, run=replace(one.run, train_error=0.0)) for one in runs]
    found = judge_factorial(FACTORS, AXES, refs, fitted)
    first = found.verdict[0]
    assert "and the training error not at all, so that the gap between them changes as the test error does" in first
    test, gap = (find(found.effects, measure, "weight_decay") for measure in (TEST, GAP))
    assert test is not None and gap is not None and gap.difference == pytest.approx(test.difference)
    assert first.count("95 % interval") == 2, "of the test error and of the calibration error"


def judged(*args, **more):
    refs, runs = runs_of(*(args or (3,)), **more)
    return judge_factorial(FACTORS, AXES, refs, runs)


def test_one_seed_makes_no_claim() -> None:
    found = judged(1)
    assert found.headline == "No claim on weight_decay and drop_path."
    assert "a point, no claim" in found.verdict[0] and "interval" not in " ".join(found.verdict)
    assert any(sentence.startswith("No test: no cell of the factorial has two runs") for sentence in found.verdict)


def test_what_is_lost_and_unbalanced_is_told() -> None:
    found = judged(3, {(0.0, 0.5, 20, 0)})
    assert any("1 of 3 runs: diverged" in sentence for sentence in found.verdict)
    assert any("of 8 cells 0 are empty, the others have 2 to 3 runs" in sentence for sentence in found.verdict)
    assert not any("unbalanced" in sentence for sentence in judged().verdict)


def test_a_level_without_runs_can_not_be_told() -> None:
    lost = {(decay, 0.5, depth, seed) for decay in (0.0, 5e-4) for depth in (8, 20) for seed in range(3)}
    found = judged(3, lost)
    assert found.headline == "weight_decay lowers the test error; nothing to compare for drop_path."
    assert "drop_path: its effect can't be told from the runs that came to their end." in found.verdict


def test_a_change_that_is_noise_is_not_called_one() -> None:
    refs, runs = runs_of(3)
    quiet = [one for one in runs if not one.levels["weight_decay"]]
    shuffled = [
        type(one)(other.run, one.levels, one.calibration)
        for one, other in zip(quiet, quiet[1::2] + quiet[::2], strict=True)
    ]
    found = judge_factorial(FACTORS, AXES, refs, shuffled)
    assert "no change of the test error shown for drop_path" in found.headline.lower()


def test_the_verdict_follows_from_the_record() -> None:
    record = record_of(3)
    assert judge(replace(record, about=replace(record.about, verdict=()), anovas=(), effects=())) == record
