"""The question of feature reuse from its command to its page, in the small."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from depthlab.questions.reuse.record import ReuseRecord
from depthlab.questions.reuse.verdict import judge
from depthlab.tracking import open_client
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Answer, Pipeline, Trained
from tests.questions.in_process import answer_in_process
from tests.sweeps.planned import TINY


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("images=none",), "images=none must be a whole number of 1 or more, such as images=1024"),
        (("images=0",), "images=0 must be a whole number of 1 or more"),
        (("imgaes=3",), "did you mean images?"),
        (("depth=21",), "can't have depth=21"),
        (("run=nobody", "depth=22"), "depth=22 does nothing beside run="),
    ],
)
def test_mistakes_are_a_line(pipeline: Pipeline, words: tuple[str, ...], said: str) -> None:
    answer = pipeline("reuse", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err and answer.err.count("\n") == 1


def test_help_tells_what_can_be_typed(pipeline: Pipeline) -> None:
    answer = pipeline("reuse", "--help")
    assert answer.code == 0 and answer.err == ""
    assert all(word in answer.out for word in ("run ", "images", "model=densenet depth=22 seed=0,1,2"))


def test_a_run_that_is_named_is_mapped(pipeline: Pipeline, trained: Trained, tmp_path: Path) -> None:
    where = (f"run={trained.record.folder}", "tracking=none", f"tracking.folder={trained.root}")
    answer = pipeline("reuse", *where, f"output={tmp_path}", "images=24")
    assert answer.code == 0, answer.err
    record = ReuseRecord.read(tmp_path / "record.json")
    assert (record.about.question, record.images) == ("reuse", 24)
    assert [one.targets for one in record.runs[0].maps] == [("transition",), ("transition",), ("classifier",)]
    for one in record.runs[0].maps:
        assert sum(row[0] for row in one.values) == pytest.approx(1, abs=1e-5)
    assert record.about.verdict[0] in answer.out and "One seed has no interval" in answer.out
    assert (tmp_path / "figures" / "map-resnet-8-share.svg").is_file()


@dataclass(frozen=True)
class Told:
    """The answer to a command."""

    place: Path
    answer: Answer
    record: ReuseRecord

    @property
    def report(self) -> Path:
        return self.place / "report"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("reuse")
    words = (
        *(*TINY, "model=densenet,plain", "depth=[2,2,2]", "seed=0,1", "epochs=1"),
        *(f"tracking.folder={place}/runs", f"tracking.uri=sqlite:///{place}/mlflow.db", f"output={place}/report"),
    )
    ended = answer_in_process("reuse", *words, folder=place)
    assert (place / "report" / "record.json").is_file(), ended.err
    record = ReuseRecord.read(place / "report" / "record.json")
    return Told(place, ended, record)


@pytest.mark.slow
def test_networks_are_mapped_or_it_is_said_why_not(small: Told) -> None:
    assert small.answer.code == 0, small.answer.err
    mapped = [run for run in small.record.runs if run.maps]
    assert [run.network.partition("-")[0] for run in mapped] == ["densenet"] * 2
    assert all(len(run.maps) == len(run.initial) == 6 for run in mapped)
    assert "has no map: its units neither concatenate features" in small.answer.out
    with (small.report / "tables" / "maps.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 2 * 3 * (1 + 2 + 3)


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(small: Told) -> None:
    record = small.record
    unjudged = replace(record, about=replace(record.about, verdict=()), summaries=())
    assert judge(unjudged) == record


@pytest.mark.slow
def test_the_report_is_with_the_sweeps_own_run(small: Told) -> None:
    client, _ = open_client(f"sqlite:///{small.place}/mlflow.db", "depthlab")
    assert small.record.about.sweep_run is not None
    sent = {item.path for item in client.list_artifacts(small.record.about.sweep_run, "report/reuse")}
    assert {"report/reuse/index.html", "report/reuse/record.json", "report/reuse/figures"} <= sent


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(small: Told, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(small.report / "index.html", width).check()
