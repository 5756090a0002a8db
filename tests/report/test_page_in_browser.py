"""Pages in Chromium: on wide and narrow screens, light and dark, with and without scripts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from depthlab.report import Page, PageTable, Section, write_page
from tests.chromium import NARROW, WIDE, OpenPage
from tests.report.pages import PAGE


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(PAGE, tmp_path_factory.mktemp("page"))[0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.slow
def test_a_page_is_in_order(index: Path, width: int, dark: bool, open_page: OpenPage):
    page = open_page(index, width, dark=dark)
    page.check()
    assert [figure.kind for figure in page.figures] == ["svg", "svg", "table", "table", "svg", "table"]
    assert page.title == "Depth & <degradation>"
    assert page.headings == (1, 2, 2, 2, 2)
    pixels = np.asarray(Image.open(page.screenshot).convert("L"))
    assert bool(np.median(pixels) < 60) is dark
    assert all(figure.width <= width for figure in page.figures)


def test_a_figure_looks_the_same_whatever_is_around_it(index: Path, open_page: OpenPage):
    """Light and dark differ in their colors, not in what is drawn."""
    light, dark = (open_page(index, WIDE, dark=dark).figures for dark in (False, True))
    for one, other in zip(light, dark, strict=True):
        assert (one.name, one.width, one.height) == (other.name, other.width, other.height)
        assert other.ink == pytest.approx(one.ink, rel=0.25)


def test_a_page_reads_without_scripts(index: Path, open_page: OpenPage):
    with_scripts, without = open_page(index, WIDE), open_page(index, WIDE, scripts=False)
    without.check()
    assert without.text == with_scripts.text


def test_a_click_sorts_a_table(tmp_path: Path, open_page: OpenPage):
    rows = (("b", "10 (9 to 11)"), ("a", None), ("c", "− 2"), ("d", "9.5"), ("e", 12345))
    page = Page("Sorted", "Twice.", (Section("One", (PageTable(("name", "value"), rows),)),))
    [index] = write_page(page, tmp_path)

    def names(clicks: int) -> str:
        clicking = "document.querySelectorAll('th button')[1].click();" * clicks
        text = index.read_text().replace("</body>", f"<script>{clicking}</script></body>")
        (tmp_path / "clicked.html").write_text(text)
        opened = open_page(tmp_path / "clicked.html")
        opened.check()
        return "".join(line[0] for line in opened.text.splitlines() if line[:2] in ("a\t", "b\t", "c\t", "d\t", "e\t"))

    assert [names(0), names(1), names(2)] == ["bacde", "cdbea", "ebdca"]


BAD = {
    "console": ("<script>console.error('oh no')</script>", "oh no"),
    "exception": ("<script>nothing.here()</script>", "nothing is not defined"),
    "foreign": ("<img src='http://127.0.0.1:9/a.png' alt='a'>", "127.0.0.1:9"),
    "sideways": ("<div style='width:400px'>wide</div>", "408 pixels wide at 360"),
    "empty": ("<figure id='none'><svg aria-label='a' width='200' height='100'></svg></figure>", "none"),
    "flat": ("<figure id='none' style='width:0;overflow:clip'><svg aria-label='a'></svg></figure>", "none"),
    "undescribed": (
        "<figure id='mute'><svg width='200' height='100'><path d='M0 0L200 100' stroke='red'/></svg></figure>",
        "mute",
    ),
    "doubled": ("<p id='twin'>1</p><p id='twin'>2</p>", "twin"),
    "headings": ("<h3>deep</h3>", r"\(1, 3\)"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_is_found(kind: str, tmp_path: Path, open_page: OpenPage):
    body, told = BAD[kind]
    path = tmp_path / "bad.html"
    head = "<!doctype html><meta name=viewport content='width=device-width'><link rel=icon href=data:,>"
    path.write_text(f"{head}<title>a</title><h1>A</h1>{body}")
    with pytest.raises(AssertionError, match=told):
        open_page(path, NARROW).check()
    path.write_text(f"{head}<title>a</title><h1>A</h1>")
    open_page(path, NARROW).check()
