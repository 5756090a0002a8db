"""The page on width against depth: everything that has to be told is on it, and it is in order in a browser."""

import csv
import math
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from depthlab.records import WidthVsDepthRecord
from depthlab.report import write_page
from depthlab.report.width_page import width_page
from tests.analyses.matched import NETWORKS
from tests.chromium import NARROW, WIDE, OpenPage
from tests.report.widths import SEVERAL, record_of

FAR = tuple(replace(one, mismatch=-31.0) if one.network == "resnet-26" else one for one in NETWORKS)
RECORDS = {
    "several": lambda: record_of(SEVERAL),
    "one": lambda: record_of({name: errors[:1] for name, errors in SEVERAL.items()}),
    "lost": lambda: record_of(SEVERAL | {"resnet-26": [math.nan, 7.9, math.nan]}, data="cifar10"),
    "few": lambda: record_of({"resnet-14": [8.0, 8.1]}),
    "far": lambda: record_of(SEVERAL, networks=FAR),
    "timed": lambda: record_of(SEVERAL, timed_on="a processor, threads: 1, fp32"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory):
    def write(name: str) -> tuple[WidthVsDepthRecord, Path, str]:
        record, folder = RECORDS[name](), tmp_path_factory.mktemp(name)
        write_page(width_page(record), folder)
        text = unescape((folder / "index.html").read_text()).replace("\N{MINUS SIGN}", "-")
        return record, folder, text

    return cache(write)


def test_verdict_figures_and_tables_are_there(pages) -> None:
    record, folder, text = pages("several")
    assert [sentence for sentence in record.about.verdict if sentence not in text] == []
    assert {file.stem for file in (folder / "figures").glob("*.svg")} == {"errors", "exchange", "published"}
    tables = {file.stem for file in (folder / "tables").glob("*.csv")}
    assert tables == {
        *("networks", "matching", "comparisons", "exchange", "ratios", "contrasts"),
        *("published", "published_exchange", "published_ratios", "runs"),
    }


def test_the_mismatch_of_each_network_is_told(pages) -> None:
    _, folder, _ = pages("several")
    with (folder / "tables" / "matching.csv").open() as file:
        rows = {row["network"]: row for row in csv.DictReader(file)}
    assert float(rows["resnet-26"]["mismatch (%)"]) == pytest.approx(100 * (367 / 344 - 1))
    assert len(rows) == len(NETWORKS)


def test_what_doublings_are_worth_has_a_row_each_way(pages) -> None:
    record, folder, _ = pages("several")
    with (folder / "tables" / "ratios.csv").open() as file:
        rows = {(row["error"], row["a doubling of"], row["in doublings of"]): row for row in csv.DictReader(file)}
    assert len(rows) == 12
    for one in record.fits[0].ratios:
        row, back = rows["test error", one.a, one.b], rows["test error", one.b, one.a]
        assert float(row["is worth"]) == one.doublings.value == pytest.approx(1 / float(back["is worth"]))
        assert one.doublings.interval is not None and row["95 % interval"].startswith(
            f"{one.doublings.interval.low:.3g}"
        )


def test_families_of_the_axes_are_stated(pages) -> None:
    told = "Depth and width vary in resnet, from resnet-14; cardinality varies in resnext, from resnext-11 11x4d"
    assert told in pages("several")[2]


def test_networks_far_off_their_budget_are_flagged(pages) -> None:
    assert "The costs of the two bases are 1.7 % apart" in pages("several")[2]
    assert "Not of equal cost" not in pages("several")[2]
    assert "Not of equal cost, as no nearer network was found: resnet-26 by -31 % of the budget" in pages("far")[2]


@pytest.mark.parametrize(("name", "told"), [("one", False), ("several", True)])
def test_one_seed_has_no_draws(name: str, told: bool, pages) -> None:
    with (pages(name)[1] / "tables" / "networks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["on the front"] for row in rows} == {"yes", "no"}
    assert {bool(row["of draws (%)"]) for row in rows} == {told}, "100 % would look sure"


def test_one_seed_lost_runs_and_too_few_networks_are_told(pages) -> None:
    assert "One seed" in pages("one")[2] and "no claim is made" in pages("one")[2]
    assert "2 of 24 runs have no result (2 diverged)" in pages("lost")[2]
    assert "Crosses at the upper edge" in pages("lost")[2] and "Crosses" not in pages("several")[2]
    assert "nothing to fit" in pages("few")[2]


def test_measured_times_name_their_hardware(pages) -> None:
    assert "Times are those of measured steps, taken in one go on a processor" in pages("timed")[2]
    assert "Times are those" not in pages("several")[2]


def test_the_page_can_be_made_again_from_its_record(pages) -> None:
    record, _, _ = pages("several")
    assert WidthVsDepthRecord.from_json(record.to_json()) == replace(record, fits=record.fits)


@pytest.mark.parametrize("name", ["several", "few", "lost"])
def test_pages_are_in_order_in_a_browser(name: str, pages, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(pages(name)[1] / "index.html", width).check()
