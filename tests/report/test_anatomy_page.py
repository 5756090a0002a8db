"""The page on networks that were not trained: all that has to be told is on it, and it is in order in a browser."""

import csv
from html import unescape
from pathlib import Path

import pytest

from depthlab.records import AnatomyRecord
from depthlab.report import write_page
from depthlab.report.anatomy_page import anatomy_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.report.anatomies import family_record, record_of

RECORDS = {
    "one": lambda: record_of("resnet-20"),
    "two": lambda: record_of("densenet-13", "inception_v1-8", timed=False),
    "own": lambda: record_of("Own", timed=False, data=""),
    "family": family_record,
}


@pytest.fixture(scope="module", params=RECORDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, write_page(anatomy_page(RECORDS[request.param]()), folder)[0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_is_in_order_in_a_browser(
    written: tuple[str, Path], width: int, dark: bool, open_page: OpenPage
) -> None:
    kind, index = written
    page = open_page(index, width, dark=dark)
    page.check()
    names = {figure.name for figure in page.figures if figure.kind == "svg"}
    expected = {"one": {"network", "stages"}, "own": {"network"}, "family": {"costs_depth", "costs_width"}}
    assert names == {f"figure-{name}" for name in expected.get(kind, {"network", "stages"})}


def rows(record: AnatomyRecord, folder: Path, name: str) -> list[dict[str, str]]:
    write_page(anatomy_page(record), folder)
    with (folder / "tables" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def text_of(record: AnatomyRecord, folder: Path) -> str:
    return unescape(write_page(anatomy_page(record), folder)[0].read_text())


def test_every_layer_is_in_a_file(tmp_path: Path) -> None:
    record = record_of("resnet-20")
    layers = rows(record, tmp_path, "layers_resnet-20")
    card = record.cards[0]
    assert [row["layer"] for row in layers] == [layer.name for layer in card.layers]
    assert sum(int(row["parameters"]) for row in layers) == card.parameters
    assert sum(int(row["multiply-adds"]) for row in layers) == card.multiply_adds
    assert layers[0]["output"] == "16×8×8" and layers[0]["sees (pixels)"] == "3×3"
    assert layers[-1]["sees (pixels)"] == "all"
    stages = rows(record, tmp_path, "stages_resnet-20")
    assert [row["where"] for row in stages] == ["stem", "stage 1", "stage 2", "stage 3", "head", "in all"]
    assert sum(int(row["parameters"]) for row in stages[:-1]) == int(stages[-1]["parameters"]) == card.parameters


def test_times_say_what_they_hold_for(tmp_path: Path) -> None:
    text = text_of(record_of("resnet-20"), tmp_path)
    assert "Measured on a processor, threads: 2, fp32, with a batch of 16" in text
    assert "then 3 rounds in which each has its turn" in text
    [row] = rows(record_of("resnet-20"), tmp_path, "networks")
    assert [float(row[name]) for name in ("forward (ms)", "fastest", "slowest")] == pytest.approx([11, 10, 12])
    assert "Times" not in text_of(record_of("resnet-20", timed=False), tmp_path / "untimed")


def test_two_stand_side_by_side(tmp_path: Path) -> None:
    record = record_of("plain-8", "resnet-20")
    text = text_of(record, tmp_path)
    assert "Anatomy of plain-8 and resnet-20" in text and "Side by side" in text
    assert [row["network"] for row in rows(record, tmp_path, "networks")] == ["plain-8", "resnet-20"]


def test_arithmetic_stands_beside_what_was_counted(tmp_path: Path) -> None:
    record = record_of("resnet-20")
    checks = rows(record, tmp_path, "convolutions_resnet-20")
    assert sum(int(row["layers"]) for row in checks) == 19 and {row["equal"] for row in checks} == {"yes"}
    modules = rows(record, tmp_path, "arithmetic_inception")
    assert [int(row["multiply-adds"]) for row in modules] == [303_464_448, 128_049_152]
    assert "The largest difference between both outputs is" in text_of(record, tmp_path)


def test_what_can_not_be_told_is_said(tmp_path: Path) -> None:
    text = text_of(record_of("Own", timed=False), tmp_path)
    assert "the network is not built of units" in text
    assert "Left out, as it can't be had: resnet can't have depth=21" in text_of(family_record(), tmp_path / "family")


def test_a_family_has_its_growth_in_a_file(tmp_path: Path) -> None:
    growth = {row["axis"]: row for row in rows(family_record(), tmp_path, "growth")}
    assert float(growth["width"]["parameters"]) == pytest.approx(4)
    assert float(growth["depth"]["forward time"]) == pytest.approx(2**0.5)
    networks = rows(family_record(), tmp_path, "networks")
    assert [(row["depth"], row["width"]) for row in networks[:3]] == [("10", "1"), ("10", "2"), ("20", "1")]


def test_the_page_follows_from_the_record_alone(tmp_path: Path) -> None:
    record = record_of("resnet-20")
    again = AnatomyRecord.from_json(record.to_json())
    assert again == record
    assert text_of(again, tmp_path / "a") == text_of(record, tmp_path / "b")
