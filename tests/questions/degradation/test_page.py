"""The page on degradation: everything that has to be told is on it, and it can be made again from its record."""

from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.degradation.page import page as degradation_page
from depthlab.questions.degradation.record import DegradationRecord
from depthlab.report import write_page
from depthlab.report.question_runs import run_notices
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.degradation.records import LOST, ONE, SEVERAL, record_of, tuned_record
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

RECORDS = {
    "several": lambda: record_of(SEVERAL),
    "one": lambda: record_of(ONE),
    "lost": lambda: record_of(LOST),
    "digits": lambda: record_of(SEVERAL, data="digits"),
    "unpublished": lambda: record_of({"vgg-11": [1.0, 2.0], "vgg-16": [3.0, 2.0]}, published=False),
    "tuned": tuned_record,
}
Get = Pages[DegradationRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(degradation_page, RECORDS, tmp_path_factory)


def test_verdict_figures_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert "intervals are widened to agree with them" in several.text, "as its table says"
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures >= {"errors", "curves", "responses", "gradients", "published"}
    assert several.tables >= {"networks", "comparisons", "published", "layers", "runs"}
    assert "python pipelines/degradation.py 'seed=0,1 2'" in several.text
    assert "45,000 training, 5,000 validation, 10,000 test" in several.text


def test_tables_hold_the_exact_numbers(page: Get) -> None:
    several = page("several")
    rows = several.table("networks")
    assert [row["network"] for row in rows] == list(SEVERAL)
    for row in rows:
        values = SEVERAL[row["network"]]
        assert float(row["training error (%)"]) == pytest.approx(sum(values) / len(values))
    comparison = several.record.conditions[0].compared[0].comparison
    assert comparison is not None and float(several.table("comparisons")[0]["p"]) == comparison.p


def test_one_seed_is_told_to_be_a_point(page: Get) -> None:
    told = "One seed: every number here is a point, and no claim is made"
    assert told in page("one").text and told not in page("several").text


def test_lost_runs_are_counted_and_drawn(page: Get) -> None:
    lost = page("lost")
    assert "2 of 12 runs have no result (2 diverged)" in lost.text
    assert "Crosses at the upper edge are runs without a result" in lost.text
    assert "1 of 3" in lost.text and "12 runs were asked for: 10 finished, 2 failed." in lost.text
    states = [row["state"] for row in lost.table("runs")]
    assert states.count("failed") == 2 and len(states) == 12


def test_published_numbers_name_their_source_and_what_is_unverified(page: Get) -> None:
    assert "He et al. 2015, Deep Residual Learning (arXiv 1512.03385), Table 6" in page("several").text
    assert "not verified" in page("several").text and "64k" in page("several").text
    other = "The data are others, so only the order of networks can be compared"
    assert other not in page("several").text and other in page("digits").text
    assert "No published figure is of these networks." in page("unpublished").text


def test_a_tuned_page_tells_what_was_chosen_and_what_hangs_on_it(page: Get) -> None:
    tuned = page("tuned")
    assert tuned.record.conditions[0].headline != tuned.record.conditions[1].headline
    assert "The answer depends on tuning" in tuned.text and "What depends on learning_rate" in tuned.text
    lead = (
        "with seed 1000; held at 0.05 instead, the answer is another: Degradation in plain; none beyond 0.5 points in"
    )
    assert lead in tuned.text[: tuned.text.index("A deeper network can do")], "who reads the answer alone is told"
    assert "Chosen at the edge of the grid for plain-20, plain-56, resnet-20, resnet-56" in tuned.text
    assert tuned.figures >= {"tuning", "errors_held"} and tuned.tables >= {"tuning", "networks_held"}


@pytest.mark.parametrize("name", ["lost", "tuned"])
def test_a_page_is_made_again_from_its_record(name: str, page: Get, tmp_path: Path) -> None:
    again = DegradationRecord.from_json(page(name).record.to_json())
    assert again == page(name).record
    index = write_page(degradation_page(again), tmp_path)[0]
    assert index.read_bytes() == (page(name).folder / "index.html").read_bytes()


def test_mixed_hardware_and_code_are_flagged() -> None:
    about = replace(record_of(ONE).about, hardware=("a processor", "a GPU"), commits=("c0ffee", "decaf"))
    texts = [notice.text for notice in run_notices(about)]
    assert "2 states of the code" in texts[0] and "different hardware" in texts[1]
    assert run_notices(record_of(ONE).about) == ()


def test_what_was_left_out_is_told() -> None:
    (notice,) = run_notices(replace(record_of(ONE).about, left_out=("model=vgg depth=20: there is no such depth",)))
    assert notice.text == "Left out as impossible: model=vgg depth=20: there is no such depth."


@pytest.mark.parametrize("name", RECORDS)
def test_the_page_in_a_browser(name: str, page: Get, open_page: OpenPage) -> None:
    for width, dark in ((WIDE, False), (NARROW, False), (NARROW, True)):
        open_page(page(name).folder / "index.html", width, dark=dark).check()
