"""The question of paths from its command to its page, in the small."""

from dataclasses import replace
from math import comb
from pathlib import Path

import pytest

from depthlab.questions.paths.record import PathsRecord
from depthlab.questions.paths.verdict import judge
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Pipeline, Trained
from tests.questions.in_process import Told, ask
from tests.sweeps.planned import TINY

SMALL = ("images=8", "draws=2", "lines=2", "points=6")


@pytest.mark.slow
def test_a_run_that_is_named(pipeline: Pipeline, trained: Trained, tmp_path: Path) -> None:
    words = (f"tracking.folder={trained.root}", f"tracking.uri={trained.uri}", f"output={tmp_path}", *SMALL)
    answer = pipeline("paths", f"run={trained.folder.name}", *words)
    assert answer.code == 0, answer.err
    record = PathsRecord.read(tmp_path / "record.json")
    (run,) = record.runs
    assert run.lengths is not None and run.lengths.branches == (1, 3, 3, 1) and run.units == 3
    assert run.gradients is not None and run.gradients.images == 8 and len(run.gradients.lengths) == 4
    assert run.by_length is not None and run.by_length.images == 8 and sum(run.by_length.shares) == pytest.approx(1)
    assert run.initial is not None and run.final is not None and run.final.points == 6 and run.final.lines == 2
    assert record.training == () and run.test_error == pytest.approx(
        100 * (1 - trained.record.metrics["test/accuracy"])
    )
    assert "With 1 seed there is no interval" in answer.out and f"page: {tmp_path / 'index.html'}" in answer.out


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told[PathsRecord]:
    words = (*TINY, "model=plain,resnet", "depth=14", "seed=0,1", "epochs=1", *SMALL)
    return ask("paths", PathsRecord, *words, place=tmp_path_factory.mktemp("paths"))


@pytest.mark.slow
def test_every_network_is_measured(told: Told[PathsRecord]) -> None:
    assert told.answer.code == 0, told.answer.err
    runs = {(run.network, run.seed): run for run in told.record.runs}
    assert set(runs) == {(network, seed) for network in ("plain-14", "resnet-14") for seed in (0, 1)}
    residual, plain = runs["resnet-14", 0], runs["plain-14", 0]
    assert residual.lengths is not None and residual.lengths.branches == tuple(comb(6, k) for k in range(7))
    assert plain.gradients is None and plain.lengths is not None and sum(plain.lengths.branches) == 1
    assert residual.effective is not None and residual.effective.carried >= 0.95


@pytest.mark.slow
def test_the_second_part_trains_some_of_the_units(told: Told[PathsRecord]) -> None:
    record = told.record
    if not record.training:  # with such images the effective paths may be as long as all
        assert "effective paths are as long as all" in record.note
        return
    (one,) = record.training
    assert one.network == "resnet-14" and 1 <= one.active_units < one.units == 6
    assert one.active_units == pytest.approx(2 * one.center, abs=0.5) or one.active_units == 1
    assert set(one.errors) == set(one.whole) == {"0", "1"}
    assert one.twins, "the active units change nothing of the initial weights"
    states = [ref.state for ref in record.about.runs if ref.group == f"resnet-14 active_units={one.active_units}"]
    assert states == ["finished", "finished"] and "active_units" in record.about.axes


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(told: Told[PathsRecord]) -> None:
    record = told.record
    unjudged = replace(record, nearby=(), shorter=(), about=replace(record.about, verdict=()))
    assert judge(unjudged) == record and all(sentence in told.answer.out for sentence in record.about.verdict)


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(told: Told[PathsRecord], open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(told.report / "index.html", width).check()
