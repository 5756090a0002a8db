"""The page on lesions: everything that has to be told is on it, and it can be made again from its record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.lesion.page import page as lesion_page
from depthlab.questions.lesion.record import LesionRecord
from depthlab.questions.lesion.verdict import judge
from depthlab.report import write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.lesion.records import lesion_record
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

SEVERAL = {"plain": (60.0, 55.0, 62.0), "resnet": (4.0, 5.0, 6.0)}


def borrowed() -> LesionRecord:
    record = lesion_record({"resnet": (5.0,)}, weights="resnet20.th", normalization="imagenet", matched="by name")
    return judge(replace(record, about=replace(record.about, runs=(), axes=())))


RECORDS: dict[str, Callable[[], LesionRecord]] = {
    "several": lambda: lesion_record(SEVERAL),
    "one": lambda: lesion_record({"resnet": (5.0,)}),
    "lost": lambda: lesion_record(SEVERAL, lost=2),
    "singles": lambda: lesion_record(SEVERAL, draws=0, batch_norm="reestimated", estimation_images=1024),
    "borrowed": borrowed,
}
Get = Pages[LesionRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(lesion_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures >= {"units", "deletions", "orders", "published"}
    assert several.tables >= {"networks", "stages", "elements", "deletions", "orders", "comparisons"}
    assert several.tables >= {"published", "fixtures", "runs"}
    assert "The data are others" in several.text and "360 test images" in several.text


def test_tables_hold_the_exact_numbers(page: Get) -> None:
    several = page("several")
    rows = {row["network"]: row for row in several.table("networks")}
    assert float(rows["resnet-20"]["rise (points)"]) == pytest.approx(5.0)
    assert float(rows["plain-20"]["most (%)"]) == pytest.approx(3.2 + 62.0)
    sites = [row for row in several.table("elements") if row["network"] == "resnet-20"]
    assert [row["element"] for row in sites] == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]
    assert [row["kind"] for row in sites] == ["", "", "", "transition", "", ""]
    assert float(sites[3]["mean error (%)"]) == pytest.approx(3.1 + 2 * 5.0)
    stages = {(row["network"], row["stage"]): row for row in several.table("stages")}
    assert stages["plain-20", "2"]["can't be deleted"] == "2.1"
    assert float(stages["resnet-20", "2"]["of transitions (%)"]) == pytest.approx(13.1)
    published = {row["network"]: row for row in several.table("published")}
    assert float(published["preresnet-110"]["median after one (%)"]) == pytest.approx(6.46, abs=0.006)
    curves = [row for row in several.table("published_curves") if row["lesion"] == "deleted, no transitions"]
    assert (curves[9]["at"], float(curves[9]["median error (%)"])) == ("10", 19.01)
    assert float(published["resnet-20, here"]["whole (%)"]) == pytest.approx(3.1)


def test_a_page_without_draws_has_neither_their_figures_nor_their_tables(page: Get) -> None:
    singles = page("singles")
    assert not {"deletions", "orders"} & singles.figures
    assert "estimated again after each lesion on 1,024 training images" in singles.text


def test_what_speaks_against_the_numbers_is_told(page: Get) -> None:
    assert "One seed: every number here is a point" in page("one").text
    assert "2 of 6 runs have no result" in page("lost").text
    assert "comparisons" not in page("one").tables


def test_weights_from_elsewhere_are_named(page: Get) -> None:
    taken = page("borrowed")
    assert all(text in taken.text for text in ("resnet20.th", "by name", "imagenet", "weights are from elsewhere"))
    assert "runs" not in taken.tables


def test_a_page_can_be_made_again_from_its_record(page: Get, tmp_path: Path) -> None:
    several = page("several")
    again = write_page(lesion_page(LesionRecord.from_json(several.record.to_json())), tmp_path)
    names = {path.relative_to(tmp_path) for path in again}
    assert names == {path.relative_to(several.folder) for path in several.folder.rglob("*.*")}
    for name in names:
        assert (tmp_path / name).read_bytes() == (several.folder / name).read_bytes(), name


@pytest.mark.parametrize("name", RECORDS)
def test_pages_are_in_order_in_a_browser(page: Get, name: str, open_page: OpenPage) -> None:
    for width, dark in ((WIDE, False), (NARROW, False), (WIDE, True)) if name == "several" else ((WIDE, False),):
        open_page(page(name).folder / "index.html", width, dark=dark).check()
