"""What a page is made of: titles, paragraphs, pictures, tables, notices, all as plain values."""

import re
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias, final

from matplotlib.figure import Figure

from depthlab.report.cells import file_columns
from depthlab.report.trial_table import Table

_STEM = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@final
@dataclass(frozen=True)
class Picture:
    """A figure with what it shows in words."""

    figure: Figure
    name: str  # of its files, without suffix: small letters, digits, _ and -
    description: str  # what a person who doesn't see it has to know
    caption: str = ""

    def __post_init__(self) -> None:
        assert _STEM.fullmatch(self.name), f"a picture can't have the file name {self.name!r}"
        assert self.description.strip(), f"the picture {self.name} has no description"


@final
@dataclass(frozen=True)
class PageTable:
    """Rows under named columns.

    Numbers are shown to the digits that they support, and exact in the file; text is shown as it is. What isn't known
    is None, a dash on the page and nothing in the file. What all rows share is said in the caption, not in a column.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""
    name: str = ""  # of its files, without suffix; "" for a table that is on the page alone
    images: int = 0  # of which numbers in % and points are shares; 0 where they differ or are unknown
    over: str = "seeds"  # what the standard deviations of its estimates are over

    def __post_init__(self) -> None:
        assert not self.name or _STEM.fullmatch(self.name), f"a table can't have the file name {self.name!r}"
        assert len(set(map(str.strip, self.head))) == len(self.head), f"table {self.name!r} has one name twice"
        assert all(len(row) == len(self.head) for row in self.rows), f"table {self.name!r} has rows of other lengths"

    @classmethod
    def of(cls, table: Table, *, caption: str = "", name: str = "") -> Self:
        """Return a table of trials in the form of a page's."""
        return cls(table.columns, table.rows, caption, name)

    def to_csv(self) -> str:
        """Return it as comma-separated values, exact; each number of an estimate, interval or pair has a column."""
        columns: dict[str, tuple[Any, ...]] = {}
        for place, name in enumerate(self.head):
            columns |= file_columns(name, [row[place] for row in self.rows])
        return Table(tuple(columns), tuple(zip(*columns.values(), strict=True))).to_csv()


@final
@dataclass(frozen=True)
class Notice:
    """Something that a reader must not miss."""

    text: str
    kind: Literal["note", "warning"] = "note"


@final
@dataclass(frozen=True)
class Code:
    """Text that keeps its lines: a command, a diff."""

    text: str


@final
@dataclass(frozen=True)
class Facts:
    """Names, and what each of them is."""

    pairs: tuple[tuple[str, str], ...]


@final
@dataclass(frozen=True)
class Folded:
    """Blocks under a title that opens and shuts them; shut at first, and open on paper."""

    title: str
    blocks: tuple["Block", ...]


Block: TypeAlias = str | Picture | PageTable | Notice | Code | Facts | Folded


@final
@dataclass(frozen=True)
class Section:
    """A title, and what is under it.

    A block that is a string is a paragraph: plain text, in which `backticks` set code and addresses become links.
    """

    title: str
    blocks: tuple[Block, ...]


@final
@dataclass(frozen=True)
class Page:
    """A page that can stand in for a paper: the verdict first, then what it rests on."""

    title: str
    lead: str  # the verdict in words: the first line is the answer, each other one a statement that it rests on
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...] = ()  # at the foot: command, hardware, date, commit
    answer: PageTable | None = None  # the numbers that the answer is about, below it


def blocks_of(page: Page) -> list[Block]:
    """Return all blocks of the page in their order, those that are folded away too."""
    found: list[Block] = [] if page.answer is None else [page.answer]
    queue = [block for section in page.sections for block in section.blocks]
    while queue:
        block = queue.pop(0)
        found.append(block)
        if isinstance(block, Folded):
            queue = [*block.blocks, *queue]
    return found
