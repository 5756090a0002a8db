"""The page on votes: everything that has to be told is on it, and it can be made again from its record."""

import csv
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from depthlab.records import VotesRecord
from depthlab.report import write_page
from depthlab.report.votes_page import votes_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.report.voting import DROPPING, PLAIN, record_of

RECORDS: dict[str, Callable[[], VotesRecord]] = {
    "several": record_of,
    "one": lambda: record_of(1),
    "plain": lambda: record_of(2, (PLAIN,)),
    "lost": lambda: record_of(2, (PLAIN, DROPPING), lost=True, notes=("resnet-14 · seed 1: its images are gone",)),
    "nothing": lambda: record_of(0),
}
Get = Callable[[str], tuple[VotesRecord, Path, str]]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Write each page once: its figures take seconds."""

    def write(name: str) -> tuple[VotesRecord, Path, str]:
        record, folder = RECORDS[name](), tmp_path_factory.mktemp(name)
        write_page(votes_page(record), folder)
        return record, folder, unescape((folder / "index.html").read_text()).replace("\N{MINUS SIGN}", "-")

    return cache(write)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def figures(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "figures").glob("*.svg")}


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    record, folder, text = page("several")
    assert [sentence for sentence in record.about.verdict if sentence not in text] == []
    assert figures(folder) == {
        *("votes_dropout", "votes_stochastic_depth", "ensembles", "disagreement", "cost", "features"),
    }
    tables = {path.stem for path in (folder / "tables").iterdir()}
    assert tables == {"ways", "contrasts", "features", "feature_changes", "runs"}
    assert "288 training, 1,150 validation, 359 test" in text and "359 test images" in text
    assert "`" not in text.split("<script")[0], "code is set as code"


def test_tables_hold_the_exact_numbers(page: Get) -> None:
    record, folder, _ = page("several")
    table = rows(folder, "contrasts")
    assert len(table) == len(record.contrasts)
    for row, one in zip(table, record.contrasts, strict=True):
        assert (row["network"], row["measure"], int(row["members"])) == (one.network, one.measure, one.members)
        assert float(row["difference"]) == one.comparison.difference
        assert row["low"] == ("" if one.comparison.interval is None else str(one.comparison.interval.low))
    ways = {(row["network"], row["who votes"], row["members"]): row for row in rows(folder, "ways")}
    sampled = ways[DROPPING, "sampled networks", "20"]
    assert (sampled["trainings"], sampled["multiply-adds"]) == ("1", str(20 * 1_631_872))
    assert ways[PLAIN, "independent networks", "3"]["trainings"] == "3"
    runs = [run for run in record.measured if run.network == PLAIN]
    assert float(ways[PLAIN, "one pass", "1"]["error (%)"]) == pytest.approx(sum(r.whole.error for r in runs) / 4)
    first = rows(folder, "features")[0]
    expected = sum(run.features[0].correlation or 0.0 for run in runs) / 4
    assert float(first["mean |correlation|"]) == pytest.approx(expected)


def test_it_is_made_again_from_its_record(page: Get, tmp_path: Path) -> None:
    record, folder, _ = page("several")
    again = VotesRecord.from_json(record.to_json())
    assert again.to_json() == record.to_json()
    write_page(votes_page(again), tmp_path)
    assert (tmp_path / "index.html").read_bytes() == (folder / "index.html").read_bytes()


def test_one_seed_is_a_point(page: Get) -> None:
    record, folder, text = page("one")
    assert "One seed: every number here is a point" in text
    assert "nothing is claimed of other trainings" in record.about.verdict[-1]
    assert "There are no two networks" not in text, "snapshots are several"
    assert {row["interval over"].split(":")[0] for row in rows(folder, "contrasts")} <= {"committees", "none", "seeds"}


def test_without_a_voter_the_page_says_what_to_type(page: Get) -> None:
    _, folder, text = page("plain")
    assert "No network here drops anything" in text and "There is no pair of networks" in text
    assert figures(folder) == {"ensembles", "disagreement", "cost"}


def test_what_is_missing_is_told(page: Get) -> None:
    _, _, text = page("lost")
    assert "Not every run came to its end" in text and "its images are gone" in text


@pytest.mark.parametrize("name", RECORDS)
def test_every_page_is_in_order_in_a_browser(page: Get, open_page: OpenPage, name: str) -> None:
    _, folder, _ = page(name)
    widths = (WIDE, NARROW) if name == "several" else (NARROW,)
    for width in widths:
        open_page(folder / "index.html", width).check()


def test_the_page_is_in_order_in_the_dark(page: Get, open_page: OpenPage) -> None:
    _, folder, _ = page("several")
    open_page(folder / "index.html", WIDE, dark=True).check()
