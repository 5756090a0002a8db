"""The question of degradation from its command to its page, in the small."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.degradation.record import Condition, DegradationRecord
from depthlab.questions.degradation.verdict import judge, tell_tuning
from depthlab.questions.publish import check_answerable
from depthlab.recipe import compose
from depthlab.records import SweepRecord, TrialRecord
from depthlab.sweeps import SweepResult
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.by_hand import degradation_by_hand
from tests.questions.in_process import Told, ask
from tests.sweeps.planned import TINY

WORDS = (*TINY, "model=plain,resnet", "depth=8,14", "seed=0,1", "epochs=1")


def test_where_no_run_ended_the_exit_code_says_that_trials_are_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = TrialRecord(0, "resnet-8", {}, ("depth=8",), "0" * 16, "failed", fault="diverged", message="loss is nan")
    record = SweepRecord(
        *("degradation", "0" * 16, ("python", "x.py"), ("depth",), (), "grid", "val/accuracy"), trials=(lost,)
    )
    with pytest.raises(SystemExit) as ended:
        check_answerable(SweepResult(record, tmp_path, tmp_path, {0: compose(["depth=8"])}, None))
    shown = capsys.readouterr()
    assert ended.value.code == 3
    assert "no run has come to its end, so there is nothing to answer from and no page" in shown.out
    assert f"python pipelines/report.py sweep={tmp_path.name} folder={tmp_path}\n" in shown.out
    assert "1 of 1 trials are missing: 1 failed" in shown.err and "diverged: loss is nan" in shown.err


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told[DegradationRecord]:
    words = (*WORDS, "tune=learning_rate", "tune.values=0.05,1e30", "tune.seed=7", "sweep.attempts=1")
    return ask("degradation", DegradationRecord, *words, place=tmp_path_factory.mktemp("degradation"))


@pytest.mark.slow
def test_the_page_is_written_though_runs_diverged(told: Told[DegradationRecord]) -> None:
    assert told.answer.code == 0, told.answer.err
    assert f"page: {told.report / 'index.html'}" in told.answer.out
    assert told.record.about.verdict[0] in told.answer.out
    assert "trials diverged: a result" in told.answer.err and "missing" not in told.answer.err


@pytest.mark.slow
def test_what_diverged_is_passed_over_and_counted(told: Told[DegradationRecord]) -> None:
    tuning = told.record.tuning
    assert tuning is not None and tuning.values == (0.05, 1e30) and tuning.seeds == (7,)
    assert [(choice.network, choice.chosen) for choice in tuning.choices] == [
        (name, 0.05) for name in ("plain-8", "plain-14", "resnet-8", "resnet-14")
    ]
    assert all([score.lost for score in choice.scores] == [0, 1] for choice in tuning.choices)
    states = [ref.state for ref in told.record.about.runs]
    assert (states.count("finished"), states.count("diverged"), len(states)) == (12, 4, 16)


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(told: Told[DegradationRecord]) -> None:
    record = told.record
    blank = [Condition(one.name, one.members) for one in record.conditions]
    assert judge(replace(record, conditions=tuple(blank))) == record
    assert [len(condition.members) for condition in record.conditions] == [8, 8]
    assert [condition.name for condition in record.conditions] == ["tuned", "held"]
    assert record.tuning is not None
    depends = tell_tuning(record.tuning, *record.conditions)
    assert "held at 0.05 instead, the answer is the same." in depends, "nothing else was chosen"
    assert record.about.verdict == (record.conditions[0].headline, *record.conditions[0].verdict, depends)
    degradation_by_hand(json.loads((told.report / "record.json").read_text()))


@pytest.mark.slow
def test_errors_and_layers_are_those_of_the_runs(told: Told[DegradationRecord]) -> None:
    rows = list(csv.DictReader((told.report / "tables" / "networks.csv").open()))
    assert [row["runs"] for row in rows] == ["2 of 2"] * 4
    assert len(told.record.measured) == 8
    for run in told.record.measured:
        depth = run.depth
        assert len(run.responses) == depth - 1 and len(run.initial_gradients) == len(run.final_gradients) == depth
        assert all(value.value > 0 for value in (*run.responses, *run.initial_gradients, *run.final_gradients))
    plain, resnet = (
        {value.layer for value in run.responses}
        for series in ("plain", "resnet")
        for run in [next(run for run in told.record.measured if (run.series, run.depth) == (series, 8))]
    )
    assert plain == resnet, "they have the same layers"


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(told: Told[DegradationRecord], open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(told.report / "index.html", width).check()
