"""The page on votes: everything that has to be told is on it, and it can be made again from its record."""

from collections.abc import Callable
from pathlib import Path

import pytest

from depthlab.questions.votes.page import page as votes_page
from depthlab.questions.votes.record import VotesRecord
from depthlab.report import write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.votes.records import DROPPING, PLAIN, record_of
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

RECORDS: dict[str, Callable[[], VotesRecord]] = {
    "several": record_of,
    "one": lambda: record_of(1),
    "plain": lambda: record_of(2, (PLAIN,)),
    "lost": lambda: record_of(2, (PLAIN, DROPPING), lost=True, notes=("resnet-14 · seed 1: its images are gone",)),
    "nothing": lambda: record_of(0),
}
Get = Pages[VotesRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(votes_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures == {
        *("votes_dropout", "votes_stochastic_depth", "ensembles", "disagreement", "cost", "features"),
    }
    assert several.tables == {"largest", "ways", "contrasts", "features", "feature_changes", "runs"}
    assert "288 training, 72 validation, 1,437 test" in several.text and "1,437 test images" in several.text
    assert "`" not in several.text.split("<script")[0], "code is set as code"


def test_tables_hold_the_exact_numbers(page: Get) -> None:
    several = page("several")
    for row, one in zip(several.table("contrasts"), several.record.contrasts, strict=True):
        assert (row["network"], row["measure"], int(row["members"])) == (one.network, one.measure, one.members)
        assert float(row["difference"]) == one.comparison.difference
        assert row["low"] == ("" if one.comparison.interval is None else str(one.comparison.interval.low))
        assert row["p (Holm)"] == ("" if one.p_holm is None else str(one.p_holm))
    ways = {(row["network"], row["who votes"], row["members"]): row for row in several.table("ways")}
    sampled = ways[DROPPING, "sampled networks", "20"]
    assert (sampled["trainings"], sampled["multiply-adds"]) == ("1", str(20 * 1_631_872))
    assert ways[PLAIN, "independent networks", "3"]["trainings"] == "3"
    runs = [run for run in several.record.measured if run.network == PLAIN]
    assert float(ways[PLAIN, "one pass", "1"]["error (%)"]) == pytest.approx(sum(r.whole.error for r in runs) / 4)
    assert float(ways[PLAIN, "one pass", "1"]["by chance (points)"]) == 0.5
    first = several.table("features")[0]
    expected = sum(run.features[0].correlation or 0.0 for run in runs) / 4
    assert float(first["mean |correlation|"]) == pytest.approx(expected)


def test_it_is_made_again_from_its_record(page: Get, tmp_path: Path) -> None:
    several = page("several")
    again = VotesRecord.from_json(several.record.to_json())
    assert again.to_json() == several.record.to_json()
    index = write_page(votes_page(again), tmp_path)[0]
    assert index.read_bytes() == (several.folder / "index.html").read_bytes()


def test_one_seed_is_a_point(page: Get) -> None:
    one = page("one")
    assert "One seed: every number here is a point" in one.text
    assert "no claim: type 'seed=range(5)'" in one.record.about.verdict[-1]
    assert "There are no two networks" not in one.text, "snapshots are several"
    assert {row["low"] for row in one.table("contrasts")} == {""}


def test_without_a_voter_the_page_says_what_to_type(page: Get) -> None:
    plain = page("plain")
    assert "No network here drops anything" in plain.text and "There is no pair of networks" in plain.text
    assert plain.figures == {"ensembles", "disagreement", "cost"}


def test_what_is_missing_is_told(page: Get) -> None:
    text = page("lost").text
    assert "Not every run came to its end" in text and "its images are gone" in text


@pytest.mark.parametrize("name", RECORDS)
def test_every_page_is_in_order_in_a_browser(page: Get, open_page: OpenPage, name: str) -> None:
    widths = (WIDE, NARROW) if name == "several" else (NARROW,)
    for width in widths:
        open_page(page(name).folder / "index.html", width).check()


def test_the_page_is_in_order_in_the_dark(page: Get, open_page: OpenPage) -> None:
    open_page(page("several").folder / "index.html", WIDE, dark=True).check()
