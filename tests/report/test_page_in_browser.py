"""Pages in Chromium: on wide and narrow screens, light and dark, with and without scripts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from depthlab.report import Page, PageTable, Section, write_page
from tests.axe import axe_run
from tests.chromium import NARROW, WIDE, OpenPage
from tests.report.pages import PAGE


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(PAGE, tmp_path_factory.mktemp("page"))[0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.slow
def test_a_page_is_in_order(index: Path, width: int, dark: bool, open_page: OpenPage):
    page = open_page(index, width, dark=dark, run=axe_run())
    page.check()
    assert page.answer == []
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
    assert set(without.text.splitlines()) <= set(with_scripts.text.splitlines())


HOVER = """(() => {
  const figure = document.querySelector("#figure-error"), svg = figure.querySelector("svg");
  const place = svg.getBoundingClientRect(), scale = place.width / svg.viewBox.baseVal.width;
  const told = JSON.parse(figure.querySelector("script").textContent).points.map(([, x, y]) => {
    const at = { clientX: place.left + x * scale, clientY: place.top + y * scale };
    svg.dispatchEvent(new PointerEvent("pointermove", at));
    return figure.querySelector(".tip").textContent;
  });
  svg.dispatchEvent(new PointerEvent("pointerleave"));
  return [told, figure.querySelector(".tip").hidden];
})()"""


def test_a_pointer_reads_values_off_a_figure(index: Path, open_page: OpenPage):
    told, hidden = open_page(index, run=HOVER).answer
    plain = {f"plain-56 · {x}: {y}" for x, y in ((1, 3), (2, 1), (3, 2))}
    bounded = ((1, 2, "1.75 to 2.25"), (2, 2.5, "2.25 to 2.75"), (3, 1.5, "1.25 to 1.75"))
    assert set(told) == plain | {f"resnet-56 · {x}: {y} ({bounds})" for x, y, bounds in bounded}
    assert hidden


SWITCH = """(() => {
  const figure = document.querySelector("#figure-error"), chips = [...figure.querySelectorAll(".chips button")];
  const parts = [...figure.querySelectorAll("[data-series]")];
  const shown = () => parts.filter((part) => part.style.display !== "none").length;
  const before = shown();
  chips[1].click();
  const after = shown(), pressed = chips.map((chip) => chip.getAttribute("aria-pressed"));
  chips[1].click();
  return [chips.map((chip) => chip.textContent), before, after, pressed, shown()];
})()"""


def test_a_series_is_switched_off_and_on(index: Path, open_page: OpenPage):
    names, before, after, pressed, again = open_page(index, run=SWITCH).answer
    assert names == ["plain-56", "resnet-56"] and pressed == ["true", "false"]
    assert 0 < after < before == again


def test_a_table_is_filtered_by_words_and_by_values(tmp_path: Path, open_page: OpenPage):
    rows = tuple((f"{kind}-{depth}", depth, 100 / depth) for kind in ("plain", "resnet") for depth in (8, 20, 56, 110))
    page = Page("Filtered", "Twice.", (Section("One", (PageTable(("network", "depth", "error (%)"), rows),)),))
    [index] = write_page(page, tmp_path)
    script = """["plain", "depth>20 resnet", "error<=5 depth=20", "nothing"].map((typed) => {
      const field = document.querySelector(".filter input");
      field.value = typed;
      field.dispatchEvent(new Event("input"));
      const rows = [...document.querySelectorAll("tbody tr")].filter((row) => !row.hidden);
      return [rows.map((row) => row.cells[0].textContent).join(" "), document.querySelector("output").value];
    })"""
    assert open_page(index, run=script).answer == [
        ["plain-8 plain-20 plain-56 plain-110", "4 of 8 rows"],
        ["resnet-56 resnet-110", "2 of 8 rows"],
        ["plain-20 resnet-20", "2 of 8 rows"],
        ["", "no row matches"],
    ]


def test_the_example_of_a_filter_is_of_the_tables_own_rows(tmp_path: Path, open_page: OpenPage):
    deep = tuple((f"{kind}-{depth}", depth, 100 / depth) for kind in ("plain", "resnet") for depth in (8, 20, 56, 110))
    tables = (
        PageTable(("network", "depth", "error (%)"), deep),
        PageTable(("layer", "error (%)", "fault"), tuple((f"conv {place}", place % 5, None) for place in range(9))),
        PageTable(("name", "kind"), tuple((f"a={place}", "b") for place in range(9))),
    )
    [index] = write_page(Page("Filtered", "Thrice.", (Section("One", tables),)), tmp_path)
    script = """[...document.querySelectorAll(".filter input")].map((field) => {
      field.value = field.placeholder.replace("filter: ", "");
      field.dispatchEvent(new Event("input"));
      return [field.value, field.parentElement.querySelector("output").value];
    })"""
    assert open_page(index, run=script).answer == [
        ["plain-56 depth>20", "1 of 8 rows"],
        ["conv error>2", "3 of 9 rows"],
        ["a=0", "1 of 9 rows"],
    ]


def test_a_wide_table_is_read_on_a_phone_without_going_sideways(tmp_path: Path, open_page: OpenPage):
    head = ("network", *(f"measure {place} (%)" for place in range(9)))
    table = PageTable(
        head, tuple((f"resnet-{depth}", *(0.1 + depth + place for place in range(9))) for depth in (20, 56))
    )
    [index] = write_page(Page("Wide", "Table.", (Section("One", (table,)),)), tmp_path)
    overflow = "[...document.querySelectorAll('.box')].map((box) => box.scrollWidth - box.clientWidth)"
    page = open_page(index, NARROW, run=overflow)
    page.check()
    assert page.answer == [0]
    assert all(name in page.text for name in ("resnet-56", "64.1"))
    assert open_page(index, WIDE, run=overflow).answer == [0]


def test_rows_of_a_long_table_are_not_high_on_a_phone_for_what_is_out_of_sight(tmp_path: Path, open_page: OpenPage):
    told = "loss is nan at step 40, and it stayed so to the end of the training, three times in a row"
    rows = tuple((f"net {place}", place, told if place % 2 else None) for place in range(14))
    head = ("network", "initial norm of the gradient of the loss", "fault")
    [index] = write_page(Page("High", "Rows.", (Section("One", (PageTable(head, rows),)),)), tmp_path)
    page = open_page(index, NARROW, run="[...document.querySelectorAll('tr')].map((row) => row.offsetHeight)")
    page.check()
    assert max(page.answer) < 50


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
