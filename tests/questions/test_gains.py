"""What `--json` and `answer.gains` say: what a verdict rests on, once, and no claim that it doesn't make."""

from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions import find_question
from depthlab.questions.outcome import gains_of
from depthlab.records import Look
from tests.rules import ROOT

ANSWERED = sorted((ROOT / "docs" / "results").glob("*/*/record.json"))


@pytest.mark.parametrize("file", ANSWERED, ids=lambda file: "-".join(file.parts[-3:-1]))
def test_what_the_verdict_rests_on_is_there_once(file: Path) -> None:
    question = find_question(file.parent.name)
    record = question.judge(question.record.read(file))
    gains = gains_of(question, record)
    rests_on = question.part("verdict").decisive(record)
    told = [gain.difference for gain in gains]
    assert told[: len(rests_on)] == [one.comparison.difference for one in rests_on]
    assert len({(gain.measure, gain.a, gain.b, gain.difference) for gain in gains}) == len(gains)
    assert all(gain.measure for gain in gains)


def test_degradation_tells_the_trend_the_contrast_and_what_is_equal() -> None:
    question = find_question("degradation")
    record = question.judge(question.record.read(ROOT / "docs/results/digits/degradation/record.json"))
    plain, resnet, contrast, *_ = gains_of(question, record)
    assert (plain.measure, plain.a, plain.b) == ("training error", "plain-56", "plain-20")
    assert plain.significant and plain.equal is False
    assert (resnet.significant, resnet.equal) == (False, True)
    assert (contrast.a, contrast.b, contrast.significant) == ("a doubling of depth, plain", "resnet", True)


def test_looks_at_growing_runs_count() -> None:
    question = find_question("degradation")
    record = question.record.read(ROOT / "docs/results/cifar10/degradation/record.json")
    test = next(one for one in gains_of(question, record) if one.a == "resnet-56" and one.measure == "test error")
    assert test.p is not None and 0.025 < test.p < 0.05 and test.significant
    looks = tuple(Look("degradation", f"2026-01-0{day}", (), (day, day)) for day in (2, 3))
    looked = replace(record, about=replace(record.about, looks=looks))
    assert [one.significant for one in gains_of(question, looked) if one.p == test.p] == [False]
