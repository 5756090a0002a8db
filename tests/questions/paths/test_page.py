"""The page on paths: everything that has to be told is on it, and it can be made again from its record."""

from pathlib import Path

import pytest

from depthlab.questions.paths.page import page as paths_page
from depthlab.questions.paths.record import PathsRecord
from depthlab.report import write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.paths.records import one_seed, only_plain, refused, several, with_foreign
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

RECORDS = {
    "several": several,
    "one seed": one_seed,
    "only plain": only_plain,
    "with foreign": with_foreign,
    "refused": refused,
}
Get = Pages[PathsRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(paths_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    found = page("several")
    assert [sentence for sentence in found.record.about.verdict if sentence not in found.text] == []
    assert found.figures >= {"lengths", "norms", "shares", "autocorrelation", "shattering"}
    assert found.tables >= {"paths", "gradients", "mean_lengths", "training", "nearby_comparisons", "runs"}
    assert found.tables >= {f"published_{topic}" for topic in ("lengths", "gradients", "training", "nearby")}


def test_tables_hold_the_exact_numbers(page: Get) -> None:
    found = page("several")
    (row,) = [one for one in found.table("paths") if (one["network"], one["seed"]) == ("resnet-56", "0")]
    assert int(row["paths"]) == 2**27
    rows = [one for one in found.table("gradients") if (one["network"], one["seed"]) == ("resnet-56", "0")]
    assert [int(one["length"]) for one in rows] == list(range(28)) and sum(int(one["paths"]) for one in rows) == 2**27
    assert sum(float(one["part of the gradient (%)"]) for one in rows) == pytest.approx(100)
    training = {one["network"]: one for one in found.table("training")}
    assert float(training["resnet-20"]["difference (points)"]) == pytest.approx(0.47)


def test_published_facts_name_their_source(page: Get) -> None:
    text = page("several").text
    for told in ("5 to 17 branches (10 to 34 layers)", "0.45 %", "5.96 %", "6.10 %", "1 / 2^L", "unverified"):
        assert told in text


def test_one_seed_is_a_point(page: Get) -> None:
    told = "One seed: every number here is a point, and no claim is made"
    assert told in page("one seed").text and told not in page("several").text
    assert "With 1 seed there is no interval: type 'seed=range(3)'" in page("one seed").text


def test_networks_without_several_paths_say_so(page: Get) -> None:
    text = page("only plain").text
    assert "plain-20 has one path, through all of its 9 branches: nothing to compare." in text
    assert "No network here has paths of several lengths." in text and "No network here has units with a skip." in text
    assert "norms" not in page("only plain").figures


def test_a_network_of_ones_own_is_told_in_one_line(page: Get) -> None:
    text = page("with foreign").text
    assert "Net: a Net has no units of named paths, so its paths can't be told apart." in text
    assert "Not every run came to its end: plain-56, 1 of 3 runs: diverged. They are in no mean, which flatters" in text
    assert "It was not measured here." in page("refused").text


@pytest.mark.parametrize("name", ["several", "with foreign"])
def test_a_page_is_made_again_from_its_record(name: str, page: Get, tmp_path: Path) -> None:
    again = PathsRecord.from_json(page(name).record.to_json())
    assert again == page(name).record
    index = write_page(paths_page(again), tmp_path)[0]
    assert index.read_bytes() == (page(name).folder / "index.html").read_bytes()


@pytest.mark.parametrize("name", RECORDS)
def test_the_page_in_a_browser(name: str, page: Get, open_page: OpenPage) -> None:
    for width, dark in ((WIDE, False), (NARROW, False), (NARROW, True)):
        open_page(page(name).folder / "index.html", width, dark=dark).check()
