"""The page on width against depth: everything that has to be told is on it, and it is in order in a browser."""

import math
from dataclasses import replace

import pytest

from depthlab.questions.width_vs_depth.page import page as width_page
from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
from depthlab.questions.width_vs_depth.verdict import judge
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.width_vs_depth.networks import NETWORKS
from tests.questions.width_vs_depth.records import SEVERAL, record_of
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

FAR = tuple(replace(one, mismatch=-31.0) if one.network == "resnet-26" else one for one in NETWORKS)
RECORDS = {
    "several": lambda: record_of(SEVERAL),
    "one": lambda: record_of({name: errors[:1] for name, errors in SEVERAL.items()}),
    "lost": lambda: record_of(SEVERAL | {"resnet-26": [math.nan, 7.9, math.nan]}, data="cifar10"),
    "few": lambda: record_of({"resnet-14": [8.0, 8.1]}),
    "far": lambda: record_of(SEVERAL, networks=FAR),
    "timed": lambda: record_of(SEVERAL, match="time"),
}
Get = Pages[WidthVsDepthRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(width_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures == {"errors", "exchange", "published"}
    assert several.tables == {
        *("networks", "comparisons", "exchange", "ratios", "contrasts"),
        *("published", "published_exchange", "published_ratios", "runs"),
    }


def test_the_mismatch_of_each_network_is_told(page: Get) -> None:
    rows = {row["network"]: row for row in page("several").table("networks")}
    assert float(rows["resnet-26"]["mismatch (%)"]) == pytest.approx(100 * (355 / 344 - 1))
    assert len(rows) == len(NETWORKS)


def test_each_comparison_has_how_far_its_networks_differ_in_every_cost(page: Get) -> None:
    rows = {(row["family"], row["networks"]): row for row in page("several").table("comparisons")}
    row = rows["test error", "resnet-14 width 2 − resnet-44"]
    multiply_adds, others = 100 * (685 / 666 / 1.25 - 1), 100 * (685 / 666 - 1)
    assert float(row["multiply-adds (%)"]) == pytest.approx(multiply_adds)
    assert float(row["parameters (%)"]) == float(row["time of a step (%)"]) == pytest.approx(others)
    assert f"{multiply_adds:+.1f} !" in page("several").text


def test_what_doublings_are_worth_has_a_row_each_way(page: Get) -> None:
    several = page("several")
    rows = {(row["error"], row["a doubling of"], row["in doublings of"]): row for row in several.table("ratios")}
    assert len(rows) == 12
    for one in several.record.fits[0].ratios:
        row, back = rows["test error", one.a, one.b], rows["test error", one.b, one.a]
        assert float(row["is worth"]) == one.doublings.value == pytest.approx(1 / float(back["is worth"]))
        assert one.doublings.interval is not None and float(row["interval, low"]) == one.doublings.interval.low


def test_families_of_the_axes_are_stated(page: Get) -> None:
    told = "Depth and width vary in resnet, from resnet-14; cardinality varies in resnext, from resnext-11 11x4d"
    assert told in page("several").text


def test_networks_far_off_their_budget_are_flagged(page: Get) -> None:
    assert "The costs of the two bases are 1.7 % apart" in page("several").text
    assert "Not of equal cost" not in page("several").text
    assert "Not of equal cost, as no nearer network was found: resnet-26 by -31.0 % of the budget" in page("far").text


@pytest.mark.parametrize(("name", "told"), [("one", False), ("several", True)])
def test_one_seed_has_no_draws(name: str, told: bool, page: Get) -> None:
    rows = page(name).table("networks")
    assert {row["on the front"] for row in rows} == {"yes", "no"}
    assert {bool(row["of draws (%)"]) for row in rows} == {told}, "100 % would look sure"


def test_one_seed_lost_runs_and_too_few_networks_are_told(page: Get) -> None:
    assert "One seed" in page("one").text and "no claim is made" in page("one").text
    assert "2 of 24 runs have no result (2 diverged)" in page("lost").text
    assert "Crosses at the upper edge" in page("lost").text and "Crosses" not in page("several").text
    assert "nothing to fit" in page("few").text


def test_measured_times_name_their_hardware(page: Get) -> None:
    assert "Times are those of measured steps, taken in one go on a processor" in page("timed").text
    assert "Times are those" not in page("several").text


@pytest.mark.parametrize("name", RECORDS)
def test_the_verdict_is_that_of_the_record_alone(name: str) -> None:
    record = RECORDS[name]()
    assert judge(WidthVsDepthRecord.from_json(record.to_json())) == record


@pytest.mark.parametrize("name", ["several", "few", "lost"])
def test_pages_are_in_order_in_a_browser(name: str, page: Get, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(page(name).folder / "index.html", width).check()
