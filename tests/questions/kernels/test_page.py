"""The page on kinds of parts: everything that has to be told is on it, and it is in order in a browser."""

import pytest

from depthlab.questions.kernels.page import page as kernels_page
from depthlab.questions.kernels.record import KernelsRecord
from depthlab.questions.kernels.verdict import judge
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.kernels.records import SEVERAL, record_of
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

RECORDS = {
    "several": lambda: record_of(SEVERAL),
    "one": lambda: record_of({name: errors[:1] for name, errors in SEVERAL.items()}),
}
Get = Pages[KernelsRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(kernels_page, RECORDS, tmp_path_factory)


def test_what_has_to_be_told_is_there(page: Get) -> None:
    several = page("several")
    assert "intervals are widened to agree with them" in several.text, "as its table says"
    for told in (
        "Kinds of parts at equal cost on digits",
        "Kinds that the skeleton has anyway need no network of their own: activation=relu.",
        "1 of 15 runs have no result (1 diverged)",
        "its width is the one whose cost is nearest to the skeleton's",
        "normalization=none -12 %",
    ):
        assert told in several.text
    assert [float(row["mismatch (%)"]) for row in several.table("matching")] == [0, 0, 0, 0, -12]
    assert several.table("networks")[-1]["runs"] == "2 of 3"
    failed = {row["with"]: (row["diverged"], row["of these diverged"]) for row in several.table("failures")}
    assert failed["normalization=none"] == ("1 of 3", "0 of 3") and failed["activation=gelu"] == ("0 of 3", "0 of 3")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_is_in_order_in_a_browser(page: Get, width: int, dark: bool, open_page: OpenPage) -> None:
    open_page(page("several").folder / "index.html", width, dark=dark).check()


@pytest.mark.parametrize("name", RECORDS)
def test_the_verdict_is_that_of_the_record_alone(name: str) -> None:
    record = RECORDS[name]()
    assert judge(KernelsRecord.from_json(record.to_json())) == record


def test_one_seed_is_a_point(page: Get, open_page: OpenPage) -> None:
    one = page("one")
    assert "One seed: every number here is a point" in one.text and "runs diverge" not in one.text
    open_page(one.folder / "index.html").check()
