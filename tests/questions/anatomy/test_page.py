"""The page on networks that were not trained: all that has to be told is on it, and it is in order in a browser."""

from pathlib import Path

import pytest

from depthlab.questions.anatomy.page import page as draw_page
from depthlab.questions.anatomy.record import AnatomyRecord
from depthlab.report import write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.anatomy.records import family_record, record_of
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

RECORDS = {
    "one": lambda: record_of("resnet-20"),
    "untimed": lambda: record_of("resnet-20", timed=False),
    "two": lambda: record_of("densenet-13", "inception_v1-8", timed=False),
    "timed two": lambda: record_of("plain-8", "resnet-20"),
    "own": lambda: record_of("Own", timed=False),
    "own alone": lambda: record_of("Own", timed=False, data=""),
    "family": family_record,
}
FIGURES = {
    "one": {"network", "stages"},
    "two": {"network", "stages"},
    "own alone": {"network"},
    "family": {"costs_depth", "costs_width"},
}
Get = Pages[AnatomyRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(draw_page, RECORDS, tmp_path_factory)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", FIGURES)
def test_the_page_is_in_order_in_a_browser(name: str, width: int, dark: bool, page: Get, open_page: OpenPage) -> None:
    opened = open_page(page(name).folder / "index.html", width, dark=dark)
    opened.check()
    names = {figure.name for figure in opened.figures if figure.kind == "svg"}
    assert names == {f"figure-{figure}" for figure in FIGURES[name]}


def test_every_layer_is_in_a_file(page: Get) -> None:
    one = page("one")
    layers, card = one.table("layers_resnet-20"), one.record.cards[0]
    assert [row["layer"] for row in layers] == [layer.name for layer in card.layers]
    assert sum(int(row["parameters"]) for row in layers) == card.parameters
    assert sum(int(row["multiply-adds"]) for row in layers) == card.multiply_adds
    assert layers[0]["output"] == "16×8×8" and layers[0]["sees (pixels)"] == "3×3"
    assert layers[-1]["sees (pixels)"] == "all"
    stages = one.table("stages_resnet-20")
    assert [row["where"] for row in stages] == ["stem", "stage 1", "stage 2", "stage 3", "head", "in all"]
    assert sum(int(row["parameters"]) for row in stages[:-1]) == int(stages[-1]["parameters"]) == card.parameters


def test_times_say_what_they_hold_for(page: Get) -> None:
    one = page("one")
    assert "Measured on a processor, threads: 2, fp32, with a batch of 16" in one.text
    assert "then 3 rounds in which each has its turn" in one.text
    [row] = one.table("networks")
    assert [float(row[name]) for name in ("forward (ms)", "fastest forward", "slowest forward")] == pytest.approx(
        [11, 10, 12]
    )
    assert "Times" not in page("untimed").text


def test_two_stand_side_by_side(page: Get) -> None:
    two = page("timed two")
    assert "Anatomy of plain-8 and resnet-20" in two.text and "Side by side" in two.text
    assert [row["network"] for row in two.table("networks")] == ["plain-8", "resnet-20"]


def test_arithmetic_stands_beside_what_was_counted(page: Get) -> None:
    one = page("one")
    checks = one.table("convolutions_resnet-20")
    assert sum(int(row["layers"]) for row in checks) == 19 and {row["equal"] for row in checks} == {"yes"}
    modules = one.table("arithmetic_inception")
    assert [int(row["multiply-adds"]) for row in modules] == [303_464_448, 128_049_152]
    assert "The largest difference between both outputs is" in one.text


def test_what_can_not_be_told_is_said(page: Get) -> None:
    assert "the network is not built of units" in page("own").text
    assert "Left out as impossible: resnet can't have depth=21" in page("family").text


def test_a_family_has_its_growth_in_a_file(page: Get) -> None:
    growth = {row["axis"]: row for row in page("family").table("growth")}
    assert float(growth["width"]["parameters"]) == pytest.approx(4)
    assert float(growth["depth"]["forward time"]) == pytest.approx(2**0.5)
    networks = page("family").table("networks")
    assert [(row["depth"], row["width"]) for row in networks[:3]] == [("10", "1"), ("10", "2"), ("20", "1")]


def test_the_page_follows_from_the_record_alone(page: Get, tmp_path: Path) -> None:
    one = page("one")
    again = AnatomyRecord.from_json(one.record.to_json())
    assert again == one.record
    index = write_page(draw_page(again), tmp_path)[0]
    assert index.read_bytes() == (one.folder / "index.html").read_bytes()
