"""The test of the ensemble reading from its command to its page, in the small."""

import csv
from pathlib import Path

import pytest

from depthlab.questions.exponent.record import ExponentRecord
from depthlab.questions.exponent.verdict import judge
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Pipeline, Trained
from tests.questions.in_process import Told, ask
from tests.sweeps.planned import TINY


@pytest.mark.slow
def test_a_run_that_is_named_is_lesioned(pipeline: Pipeline, trained: Trained, tmp_path: Path) -> None:
    where = (f"run={trained.record.folder}", "tracking=none", f"tracking.folder={trained.root}")
    answer = pipeline("exponent", *where, f"output={tmp_path}", "draws=2")
    assert answer.code == 0, answer.err
    record = ExponentRecord.read(tmp_path / "record.json")
    (run,) = record.runs
    assert (run.network, run.units, run.cardinality, record.images) == ("resnet-8", 3, 1, 40)
    assert run.error == pytest.approx(100 * (1 - trained.record.metrics["test/accuracy"]))
    assert [one.name for one in run.pieces[0].lesions] == ["1.1", "2.1", "3.1"]
    assert "is not decided" in answer.out and record.networks == ()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Told[ExponentRecord]:
    words = (*TINY, "seed=0,1", "epochs=1", "budget=2x", "draws=3", "model.cardinality=2")
    return ask("exponent", ExponentRecord, *words, place=tmp_path_factory.mktemp("exponent"))


@pytest.mark.slow
def test_networks_of_equal_cost_are_found_run_and_lesioned(small: Told[ExponentRecord]) -> None:
    assert small.answer.code == 0, small.answer.err
    record = small.record
    assert [one.axis for one in record.networks] == ["base", "depth", "cardinality"]
    assert all(abs(one.mismatch) < 25 for one in record.networks)
    assert len(record.runs) == 2 * len(record.networks)
    found = {one.network: one for one in record.networks}
    for run in record.runs:
        one = found[run.network]
        assert (run.multiply_adds, run.cardinality) == (one.multiply_adds, one.values["cardinality"])
        assert run.units == (one.values["depth"] - 2) / 3
        units, groups = run.pieces
        assert (len(units.lesions), len(groups.lesions)) == (run.units, run.units * run.cardinality)
    with (small.report / "tables" / "networks.csv").open() as file:
        assert [row["seeds"] for row in csv.DictReader(file)] == ["2"] * 3


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(small: Told[ExponentRecord]) -> None:
    assert judge(small.record) == small.record


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(small: Told[ExponentRecord], open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(small.report / "index.html", width).check()
