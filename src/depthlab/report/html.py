"""A page as HTML that needs nothing beside itself: no network, no script, no other file."""

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from depthlab.report.blocks import Page, PageTable
from depthlab.report.dark_colors import DARK_INK, DARK_PAPER
from depthlab.report.scale import show
from depthlab.report.svg import InlineSvg, dark_rules

_TEMPLATES = Path(__file__).parent / "templates"
_CODE_OR_LINK = re.compile(r"`([^`\n]+)`|(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]])")
# What may stand in a column of numbers: 8.1 (6.0 to 10.2), 3.2 ± 0.4 %, 1e-05, 12 ms. Not 2026-11-01.
_OF_NUMBERS = re.compile(r"\b(to|of|ms|min|s|h|nats|points)\b|(?<=\d)e(?=[-+]?\d)|[\s\d.,()\[\]±+\-−–<>≤≥≈~%×/]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_UNKNOWN = "–"
_MANY = 10_000  # from here on digits are hard to count
_FLOATS_ARE_EXACT = 2**53  # below; beyond, a number is not a count
_LONGEST_WORDS = 32  # characters that a cell shows on one line
_LONGEST_SUMMARY = 160  # characters that search engines and messengers show


def to_html(page: Page, drawings: Mapping[str, InlineSvg]) -> str:
    """Return the page as one file.

    Args:
        page: What is on it.
        drawings: For the name of each picture, its SVG.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # here, as every run imports this room

    colors = {color for drawing in drawings.values() for color in drawing.colors}
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": inline, "cell": cell, "kind": lambda block: type(block).__name__}
    return environment.get_template("page.html.j2").render(
        page=page,
        summary=_shorten(page.lead),
        anchors=_anchors([section.title for section in page.sections]),
        drawings={name: (drawing.text, drawing) for name, drawing in drawings.items()},
        kinds_of=column_kinds,
        dark_rules=dark_rules(colors),
        dark_paper=DARK_PAPER,
        dark_ink=DARK_INK,
    )


def inline(text: str) -> str:
    """Return text of a paragraph as HTML: escaped, what is between backticks as code, addresses as links."""
    parts, end = [], 0
    for match in _CODE_OR_LINK.finditer(text):
        code, link = (html.escape(group or "") for group in match.groups())
        parts += [html.escape(text[end : match.start()])]
        parts += [f"<code>{code}</code>" if code else f'<a href="{link}">{link}</a>']
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])


def cell(value: Any) -> str:
    """Return a value as HTML, as a table shows it; whole numbers of five digits and more in groups of three."""
    whole = isinstance(value, int) or (
        isinstance(value, float) and abs(value) < _FLOATS_ARE_EXACT and value == int(value)
    )
    if whole and abs(value) >= _MANY:
        return f"{int(value):,}"
    return inline(_UNKNOWN if value is None or value == "" else show(value))


def column_kinds(table: PageTable) -> list[str]:
    """Return what each column holds: "number" (maybe with units and bounds), "words", or "text", which needs room."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.head)
    return [_kind([value for value in column if value not in (None, "", _UNKNOWN)]) for column in columns]


def _kind(values: list[Any]) -> str:
    if _is_numeric(values):
        return "number"
    return "text" if any(len(show(value)) > _LONGEST_WORDS for value in values) else "words"


def _is_numeric(values: list[Any]) -> bool:
    texts = [value for value in values if isinstance(value, str)]
    others = [value for value in values if not isinstance(value, str)]
    plain = all(isinstance(value, int | float) and not isinstance(value, bool) for value in others)
    return bool(values) and plain and all(_looks_numeric(text) for text in texts)


def _looks_numeric(text: str) -> bool:
    return any(map(str.isdigit, text)) and not _OF_NUMBERS.sub("", text) and not _DATE.search(text)


def _anchors(titles: list[str]) -> list[str]:
    """Return a name for each section to link to, all of them different."""
    found: list[str] = []
    for title in titles:
        stem = "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "section"
        copies = sum(one == stem or one.startswith(f"{stem}-again") for one in found)
        found.append(f"{stem}-again{copies}" if copies else stem)
    return found


def _shorten(text: str) -> str:
    words = " ".join(text.replace("`", "").split())
    return words if len(words) <= _LONGEST_SUMMARY else words[:_LONGEST_SUMMARY].rpartition(" ")[0] + " …"
