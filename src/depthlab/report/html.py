"""A page as HTML that needs nothing beside itself: no network, no script, no other file."""

import html
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.report.blocks import Page
from depthlab.report.dark_colors import DARK_INK, DARK_PAPER
from depthlab.report.figure_data import DrawnPoint, FigureData
from depthlab.report.scale import show
from depthlab.report.svg import InlineSvg, dark_rules
from depthlab.report.table_text import shown_table

FIGURE_FILES = ("svg", "png", "pdf", "csv")
_TEMPLATES = Path(__file__).parent / "templates"
_WORD = r"'[\w.+]+=[^'\n]*'"  # of a command, as a shell needs it: 'seed=range(9)'
_TYPED = "|".join(
    (
        rf"(?:python \S+\.py|depthlab \w+)(?: -m)?(?: (?:[\w.+]+=[^\s']*[^\s'.,;:]|{_WORD}))+",
        _WORD,
        r"(?<=[Tt]ype )[\w.+]+=[^\s'`]*[^\s'`.,;:]",
        r"(?<!\S)[a-z][\w.]*=(?![^\s.,;:])",  # a key alone: run=
    )
)
_MARKED_OR_TYPED = re.compile(rf"`[^`\n]+`|{_TYPED}")
_CODE_OR_LINK = re.compile(rf"`([^`\n]+)`|(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]])|({_TYPED})")
_LONG = 40  # characters of a command that a page says once
_LONGEST_SUMMARY = 160  # characters that search engines and messengers show
_MOST_POINTS = 4000  # of a figure, whose values a pointer reads off


@final
@dataclass(frozen=True)
class Drawing:
    """A picture of the page: its SVG element, and what it shows as numbers."""

    svg: InlineSvg
    data: FigureData

    @property
    def json(self) -> str:
        """The points with what a pointer reads off them; the series' names first. No "<" ends the script element."""
        points = [point for point in self.data.points if point.y is not None and all(map(math.isfinite, point.at))]
        numbers = {name: number for number, name in enumerate(self.data.series)}
        told = [
            [numbers.get(point.series, -1), *(round(place, 1) for place in point.at), _told(point)] for point in points
        ]
        series = list(self.data.series) if len(self.data.series) > 1 and "data-series" in self.svg.text else []
        packed = {"series": series, "points": told if len(told) <= _MOST_POINTS else []}
        return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _told(point: DrawnPoint) -> str:
    told = f"{show(point.x)}: {show(point.y if point.value is None else point.value)}"
    if point.value is not None:
        told = f"{show(point.x)}, {show(point.y)}: {show(point.value)}"
    bounds = "" if point.low is None or point.high is None else f" ({point.low:.4g} to {point.high:.4g})"
    return " · ".join(filter(None, (point.series, told + bounds)))


def to_html(page: Page, drawings: Mapping[str, Drawing]) -> str:
    """Return the page as one file.

    Args:
        page: What is on it.
        drawings: For the name of each picture, how it is drawn.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # here, as every run imports this room

    colors = {color for drawing in drawings.values() for color in drawing.svg.colors}
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": inline, "once": once(), "kind": lambda block: type(block).__name__}
    return environment.get_template("page.html.j2").render(
        page=page,
        summary=_shorten(page.lead),
        anchors=_anchors([section.title for section in page.sections]),
        lead=[line for line in page.lead.splitlines() if line.strip()],
        drawings=drawings,
        figure_files=FIGURE_FILES,
        shown=shown_table,
        dark_rules=dark_rules(colors),
        dark_paper=DARK_PAPER,
        dark_ink=DARK_INK,
    )


def inline(text: str) -> str:
    """Return text of a paragraph as HTML: escaped, addresses as links; as code what is in backticks, and commands."""
    parts, end = [], 0
    for match in _CODE_OR_LINK.finditer(text):
        marked, link, typed = (html.escape(group or "") for group in match.groups())
        code = marked or typed
        parts += [html.escape(text[end : match.start()])]
        parts += [f"<code>{code}</code>" if code else f'<a href="{link}">{link}</a>']
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])


def once() -> Callable[[str], str]:
    """Return `inline` for the sentences of one page: a long command is said once, and later what differs in its end."""
    said: set[str] = set()

    def shorter(match: re.Match[str]) -> str:
        start, _, last = match[0].rpartition(" ")
        if match[0].startswith("`") or len(match[0]) < _LONG:
            return match[0]
        if start in said:
            return f"the command above with `{last}`"
        said.add(start)
        return match[0]

    return lambda text: inline(_MARKED_OR_TYPED.sub(shorter, text))


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
