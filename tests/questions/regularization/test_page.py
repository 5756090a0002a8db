"""The page on regularization: everything that has to be told is on it, and it can be made again from its record."""

from collections.abc import Callable
from pathlib import Path

import pytest

from depthlab.questions.regularization.blocks import pooled
from depthlab.questions.regularization.page import page as regularization_page
from depthlab.questions.regularization.record import RegularizationRecord
from depthlab.records import Calibration, CalibrationBin
from depthlab.report import write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.regularization.records import record_of
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

LOST = {(0.0, 0.5, 20, 0), (5e-4, 0.0, 8, 1)}
EMPTY = {(0.0, 0.5, 20, seed) for seed in range(3)}
ONE_LEFT = {(decay, 0.5, depth, seed) for decay in (0.0, 5e-4) for depth in (8, 20) for seed in range(3)}
RECORDS: dict[str, Callable[[], RegularizationRecord]] = {
    "several": record_of,
    "one": lambda: record_of(1),
    "lost": lambda: record_of(3, LOST),
    "empty": lambda: record_of(3, EMPTY),
    "one_level_left": lambda: record_of(3, ONE_LEFT),
    "unmeasured": lambda: record_of(measured=False),
}
Get = Pages[RegularizationRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(regularization_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert "intervals of main changes are widened" in several.text, "as its table says"
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures == {"effects", "interactions", "gap", "reliability"}
    assert several.tables >= {"cells", "effects", "published", "runs"}
    assert "1,294 training, 143 validation, 360 test" in several.text
    assert "`" not in several.text.split("<script")[0], "code is set as code"


def test_tables_hold_the_exact_numbers(page: Get) -> None:
    several = page("several")
    table = several.table("effects")
    for row, one in zip(table, several.record.effects, strict=True):
        assert (row["measure"], float(row["difference"])) == (one.measure, one.difference)
        assert row["p"] == ("" if one.p is None else str(one.p))
    cells = several.table("cells")
    assert len(cells) == 8 and {row["runs"] for row in cells} == {"3 of 3"}
    first = [one.run for one in several.record.measured if one.run.network == cells[0]["network"]]
    assert float(cells[0]["test error (%)"]) == pytest.approx(sum(run.test_error for run in first) / 3)


def test_published_pairs_name_their_source(page: Get) -> None:
    several = page("several")
    row = several.table("published")[0]
    assert (row["factor"], row["without (%)"], row["with (%)"]) == ("drop_path", "6.41", "5.25")
    assert float(row["published (points)"]) == pytest.approx(-1.16)
    assert "Deep Networks with Stochastic Depth (arXiv 1603.09382)" in several.text


def test_one_seed_is_told_to_be_a_point(page: Get) -> None:
    text = page("one").text
    assert "One seed: every number here is a point, and no claim is made" in text
    assert "of fewer than two seeds all runs are there" in text
    assert "One seed" not in page("several").text


def test_lost_runs_are_told_and_tested(page: Get) -> None:
    lost = page("lost")
    assert "2 of 24 runs have no result (2 diverged)" in lost.text
    assert sorted(row["runs"] for row in lost.table("cells"))[0] == "2 of 3"
    assert [row["diverged"] for row in lost.table("failures")] == ["1 of 12", "1 of 12"]
    assert "over 3 of 4 combinations" in page("empty").text
    assert "failures" not in page("several").tables


def test_what_is_left_of_a_broken_factorial_is_told(page: Get) -> None:
    assert "drop_path: its effect can't be estimated from the runs that finished." in page("one_level_left").text
    assert "No run's weights and images are available any more." in page("unmeasured").text


@pytest.mark.parametrize("name", ["lost", "one"])
def test_a_page_is_made_again_from_its_record(name: str, page: Get, tmp_path: Path) -> None:
    again = RegularizationRecord.from_json(page(name).record.to_json())
    assert again == page(name).record
    index = write_page(regularization_page(again), tmp_path)[0]
    assert index.read_bytes() == (page(name).folder / "index.html").read_bytes()


def test_bins_together_are_those_of_all_images() -> None:
    def one(count: int, confidence: float | None, accuracy: float | None) -> Calibration:
        return Calibration(count, 0.5, 0.5, 0.0, 0.0, (CalibrationBin(0.0, 1.0, count, confidence, accuracy),))

    (together,) = pooled([one(10, 0.6, 0.5), one(30, 0.8, 0.9), one(0, None, None)])
    assert together == CalibrationBin(0.0, 1.0, 40, pytest.approx(0.75), pytest.approx(0.8))
    (nothing,) = pooled([one(0, None, None)])
    assert nothing.confidence is None


@pytest.mark.parametrize("name", RECORDS)
def test_the_page_in_a_browser(name: str, page: Get, open_page: OpenPage) -> None:
    for width, dark in ((WIDE, False), (NARROW, False), (NARROW, True)):
        open_page(page(name).folder / "index.html", width, dark=dark).check()
