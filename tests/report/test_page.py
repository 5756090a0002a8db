"""Pages as files: what is written, that it is whole, and the same each time."""

import csv
import html
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

from depthlab.report import Folded, Page, PageTable, Picture, Section, best_trials, write_page
from depthlab.report.html import FIGURE_FILES, inline, once
from tests.report.pages import PAGE, drawn
from tests.report.sweeps import make_sweep, make_trial


class Reader(HTMLParser):
    """Elements with their attributes, and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["script"], ["style"]):
            self.said.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page")
    write_page(PAGE, place)
    return place


def test_files_and_their_order(tmp_path: Path):
    paths = write_page(PAGE, tmp_path / "new" / "folder")
    names = [path.relative_to(tmp_path / "new" / "folder").as_posix() for path in paths]
    pictures = [f"figures/{name}.{kind}" for name in ("error", "wide", "map") for kind in FIGURE_FILES]
    tables = [f"tables/{name}.{kind}" for name in ("runs", "inner") for kind in ("csv", "tex")]
    assert names == ["index.html", *pictures, *tables]
    assert sorted(paths) == sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_the_same_page_gives_the_same_bytes(folder: Path, tmp_path: Path):
    for path in write_page(PAGE, tmp_path):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes(), path


def test_a_page_needs_nothing_else(folder: Path):
    text = (folder / "index.html").read_text()
    page = Reader(text)
    assert [one["href"] for one in page.all("link")] == ["data:,"]
    assert not page.all("img") and not any(one.get("src") for one in page.all("script"))
    assert "@import" not in text
    links = {str(one["href"]) for one in page.all("a") if not str(one["href"]).startswith("#")}
    files = {path.relative_to(folder).as_posix() for path in folder.glob("*/*")}
    assert links == {"https://example.org/a?b=1&c=2", *files}  # each file has its link, and each link its file


def test_what_a_reader_and_a_machine_are_told(folder: Path):
    page = Reader((folder / "index.html").read_text())
    said = "".join(page.said)
    assert page.all("html") == [{"lang": "en"}]
    names = {one.get("name"): one.get("content") for one in page.all("meta")}
    assert names["viewport"] == "width=device-width, initial-scale=1"
    assert names["description"] == "plain-56 is worse than plain-20 by 8.1 points. resnet-56 is not."
    assert said.count("Depth & <degradation>") == 2  # title of the window and of the page
    for text in ("it <b>stayed</b> so", "python train.py a<b", "+ 1 < 2\n- 2", "Two runs diverged."):
        assert text in said
    assert [one["aria-label"] for one in page.all("svg")] == [
        'Error of "plain" & resnet',
        "A wide figure",
        "Share of each class",
    ]


def test_links_lead_to_sections(folder: Path):
    page = Reader((folder / "index.html").read_text())
    ids = [one["id"] for _, one in page.elements if one.get("id")]
    assert len(set(ids)) == len(ids)
    links = [str(one["href"])[1:] for one in page.all("a") if str(one["href"]).startswith("#")]
    assert links == ["error", "runs", "runs-again1", "how-to-repeat-it"]
    assert set(links) <= set(ids)
    used = {str(one["href"])[1:] for one in page.all("use")}
    assert used <= set(ids)


def test_tables_are_exact_in_their_files(folder: Path):
    with (folder / "tables" / "runs.csv").open() as stream:
        head, *rows = csv.reader(stream)
    assert head == ["network", "depth", "error", "gap", "date", "fault"]
    assert rows[0] == ["resnet-20", "20", "0.123456789", "8.1 (6.0 to 10.2)", "2026-11-01", ""]
    assert [row[2] for row in rows] == ["0.123456789", "", "12"]


def test_paragraphs_hide_nothing_and_inject_nothing():
    assert inline("`a` and `<b>`") == "<code>a</code> and <code>&lt;b&gt;</code>"
    assert inline("a ` b, <script>") == "a ` b, &lt;script&gt;"
    assert inline("(see http://x.org/a_(b)).") == '(see <a href="http://x.org/a_(b">http://x.org/a_(b</a>)).'
    assert inline('https://x.org/"onclick="a') == '<a href="https://x.org/">https://x.org/</a>&quot;onclick=&quot;a'
    assert inline("javascript:alert(1)") == "javascript:alert(1)"


def test_tables_of_trials_fit(tmp_path: Path):
    table = best_trials(make_sweep(make_trial(0, {"depth": 20}, 0.9), make_trial(1, {"depth": 56}, 0.8)))
    page = Page("A sweep", "It ran.", (Section("Best", (PageTable.of(table, name="best"),)),))
    assert (write_page(page, tmp_path)[1]).read_text() == table.to_csv()


def test_mistakes_of_ours_are_told_at_once(tmp_path: Path):
    with pytest.raises(AssertionError, match="no description"):
        Picture(drawn(), "error", " ")
    with pytest.raises(AssertionError, match="file name"):
        Picture(drawn(), "../error", "It shows something")
    with pytest.raises(AssertionError, match="rows of other lengths"):
        PageTable(("a", "b"), ((1,),))
    twice = Folded("a", (Picture(drawn(), "one", "One"), Picture(drawn(), "one", "Other")))
    with pytest.raises(AssertionError, match="same file name"):
        write_page(Page("a", "b", (Section("c", (twice,)),)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    small = Page("Small", "Old.", (Section("One", ("text",)),))
    [path] = write_page(small, tmp_path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_page(Page("Small", "New.", small.sections), tmp_path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


ADVICE = "type python train.py -m model=resnet,plain depth=20,56 'seed=range({})', then name all of these runs in run=."


def test_what_is_to_be_typed_is_code_and_a_long_command_is_said_once():
    told = once()
    first, second = (html.unescape(told(ADVICE.format(seeds))) for seeds in (15, 40))
    command = "python train.py -m model=resnet,plain depth=20,56 'seed=range(15)'"
    assert first == f"type <code>{command}</code>, then name all of these runs in <code>run=</code>."
    assert "type the command above with <code>'seed=range(40)'</code>, then" in second
    assert inline("Type budget=2x,4x. p = 0.1, a=b.") == "Type <code>budget=2x,4x</code>. p = 0.1, a=b."
    assert inline("See https://a.org/?run=1.") == 'See <a href="https://a.org/?run=1">https://a.org/?run=1</a>.'
    marked = f"`{command}`"
    assert told(marked) == inline(marked) == inline(command)
