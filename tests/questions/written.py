"""Pages that were written, for tests that read them."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Generic, TypeVar

import pytest

from depthlab.report import Page, write_page

R = TypeVar("R")


@dataclass(frozen=True)
class Written(Generic[R]):
    """A page as it was written."""

    record: R
    folder: Path
    text: str  # of the page, with plain quotation marks and minus signs, and no marks of code
    figures: set[str]  # names of those that are there as SVG and PNG
    tables: set[str]  # names of the CSV files

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "tables" / f"{name}.csv").open() as file:
            return list(csv.DictReader(file))


Pages = Callable[[str], Written[R]]


def write_once(
    page: Callable[[R], Page], records: Mapping[str, Callable[[], R]], folders: pytest.TempPathFactory
) -> Pages[R]:
    """Return what gives the page of a record by its name. Each page is written once: its figures take seconds."""

    def write(name: str) -> Written[R]:
        record, folder = records[name](), folders.mktemp(name)
        written = write_page(page(record), folder)[0].read_text()
        text = re.sub("</?code>", "", unescape(written)).replace("\N{MINUS SIGN}", "-")
        figures, images = ({path.stem for path in folder.glob(f"figures/*.{kind}")} for kind in ("svg", "png"))
        assert figures == images, "each figure is there in both formats"
        return Written(record, folder, text, figures, {path.stem for path in folder.glob("tables/*.csv")})

    return cache(write)
