"""The page on feature reuse: what has to be told is on it, and it is in order in a browser."""

from pathlib import Path

import numpy as np
import pytest

from depthlab.questions.reuse.figures import mean_maps, normalized
from depthlab.questions.reuse.page import page as reuse_page
from depthlab.questions.reuse.record import ReuseRecord, ReuseRun
from depthlab.questions.reuse.summary import summarize_reuse
from depthlab.questions.reuse.verdict import tell_reuse
from depthlab.records import QuestionRecord
from depthlab.report import write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.reuse.runs import fading, maps, refs_of, reuse_runs
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

WEIGHTS = ("weight", "scaled weight")


def record_of(*runs: ReuseRun) -> ReuseRecord:
    summaries = summarize_reuse(runs)
    about = QuestionRecord(
        question="reuse",
        command=("python", "pipelines/reuse.py"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("model", "depth", "seed"),
        held={"data": "digits", "epochs": 20},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs_of(list(runs))),
        verdict=tell_reuse(runs, summaries, {}),
    )
    return ReuseRecord(about, runs, summaries, images=360)


def dense(*rates: float) -> list[ReuseRun]:
    return reuse_runs("densenet-22", *(fading(rate, 0.4) for rate in rates), measures=WEIGHTS)


RECORDS = {
    "several": lambda: record_of(
        *dense(0.7, 0.75, 0.8),
        *reuse_runs("resnet-20", *(fading(-rate) for rate in (0.7, 0.8, 0.9)), measures=("share",)),
    ),
    "one": lambda: record_of(*dense(0.7)),
    "none": lambda: record_of(ReuseRun("plain-20/0", "plain-20", 0, 9.0, (), note="its units add nothing")),
}
Get = Pages[ReuseRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(reuse_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures == {
        *("map-densenet-22-weight", "map-densenet-22-scaled-weight", "map-resnet-20-share"),
        *("distance-weight", "distance-share"),
    }
    assert several.tables == {"numbers", "maps", "runs"}


def test_every_cell_is_in_the_table(page: Get) -> None:
    rows = page("several").table("maps")
    assert len(rows) == 3 * 3 * (1 + 2 + 3 + 4 + 5)
    cell = next(row for row in rows if (row["source"], row["target"], row["block"]) == ("1", "3", "2"))
    assert float(cell["value"]) == pytest.approx((0.7 + 0.75 + 0.8) / 3)
    assert float(cell["value, std"]) == pytest.approx(0.05) and float(cell["before training"]) == 0.5


def test_columns_of_weights_are_divided_by_their_largest_value() -> None:
    runs = dense(0.7)
    (_, values), *_ = mean_maps(runs, "weight")
    shown = normalized(values, "weight")
    assert np.nanmax(shown, axis=0) == pytest.approx(1) and shown[0, 0] == 1
    assert normalized(-values, "share") == pytest.approx(-values, nan_ok=True)
    empty = normalized(np.zeros((2, 2)), "weight")
    assert np.isnan(empty).all()


def test_one_seed_and_networks_without_maps_are_told(page: Get) -> None:
    assert "One seed" in page("one").text and "±" not in page("one").text
    assert "No map of plain-20: its units add nothing" in page("none").text


def test_what_the_measures_are_is_told_where_they_are(page: Get) -> None:
    several, one = page("several").text, page("one").text
    assert "Σ r² Cov(c, x)" in several and "Σ r² Cov(c, x)" not in one
    assert "doubles γ and halves w" in one and "without the map before training" in one


def test_the_page_can_be_made_again_from_its_record(page: Get) -> None:
    record = page("several").record
    again = ReuseRecord.from_json(record.to_json())
    assert summarize_reuse(again.runs) == record.summaries
    assert tell_reuse(again.runs, again.summaries, {}) == record.about.verdict


def test_a_deep_block_has_fewer_labels_than_units(tmp_path: Path) -> None:
    runs = [
        ReuseRun("d/0", "densenet-100", 0, 5.0, maps(fading(0.9), units=32)),
    ]
    write_page(reuse_page(record_of(*runs)), tmp_path)
    assert (tmp_path / "figures" / "map-densenet-100-weight.svg").is_file()


@pytest.mark.parametrize("name", RECORDS)
def test_pages_are_in_order_in_a_browser(name: str, page: Get, open_page: OpenPage) -> None:
    for width, dark in ((WIDE, False), (NARROW, False), (WIDE, True)):
        open_page(page(name).folder / "index.html", width, dark=dark).check()
