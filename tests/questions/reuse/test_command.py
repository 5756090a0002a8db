"""The question of feature reuse from its command to its page, in the small."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.reuse.record import ReuseRecord
from depthlab.questions.reuse.verdict import judge
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Pipeline, Trained
from tests.questions.in_process import Told, ask
from tests.sweeps.planned import TINY


@pytest.mark.slow
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


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Told[ReuseRecord]:
    words = (*TINY, "model=densenet,plain", "depth=[2,2,2]", "seed=0,1", "epochs=1")
    return ask("reuse", ReuseRecord, *words, place=tmp_path_factory.mktemp("reuse"))


@pytest.mark.slow
def test_networks_are_mapped_or_it_is_said_why_not(small: Told[ReuseRecord]) -> None:
    assert small.answer.code == 0, small.answer.err
    mapped = [run for run in small.record.runs if run.maps]
    assert [run.network.partition("-")[0] for run in mapped] == ["densenet"] * 2
    assert all(len(run.maps) == len(run.initial) == 6 for run in mapped)
    assert "has no map: its units neither concatenate features" in small.answer.out
    with (small.report / "tables" / "maps.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 2 * 3 * (1 + 2 + 3)


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(small: Told[ReuseRecord]) -> None:
    record = small.record
    unjudged = replace(record, about=replace(record.about, verdict=()), summaries=())
    assert judge(unjudged) == record


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(small: Told[ReuseRecord], open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(small.report / "index.html", width).check()
