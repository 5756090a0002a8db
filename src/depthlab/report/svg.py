"""A figure as a part of a page: SVG whose colors follow the page's, light or dark."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from depthlab.report.dark_colors import dark_twin
from depthlab.report.figure_data import SERIES

_COLOR = re.compile(r"#[0-9a-f]{6}\b")
_POINTS = 0.75  # of a CSS pixel


@final
@dataclass(frozen=True)
class InlineSvg:
    """A figure's SVG element, to be put into a page."""

    text: str
    width: int  # CSS pixels, at the size that the figure was drawn for
    colors: frozenset[str]  # those that follow the page
    fixed: bool  # it has areas whose colors are a scale, and keeps all its colors: it needs light paper


def lay_out(figure: Figure) -> None:
    """Find the places of panels and legends, once for all files: it takes longer than to draw them."""
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    figure.set_layout_engine(None)  # "none" leaves a place holder, for which each file is drawn twice


def to_svg(figure: Figure) -> str:
    """Return the figure as an SVG file. The same figure gives the same text, today and tomorrow."""
    return _save(figure, "svg", Date=None, Creator=None).decode()


def to_png(figure: Figure) -> bytes:
    """Return the figure as a PNG file at 150 dots an inch."""
    return _save(figure, "png", Software=None)


def to_pdf(figure: Figure) -> bytes:
    """Return the figure as a PDF file, with letters that a paper's typesetter can read."""
    return _save(figure, "pdf", CreationDate=None, Creator=None, Producer=None)


def _save(figure: Figure, kind: str, **metadata: None) -> bytes:
    """Return the file of the figure, the same for the same figure: without dates, and ids made from what they name."""
    FigureCanvasAgg(figure)
    data = io.BytesIO()
    with rc_context({"svg.hashsalt": "depthlab", "svg.fonttype": "path", "pdf.fonttype": 42}):
        figure.savefig(data, format=kind, dpi=150 if kind == "png" else "figure", metadata=metadata)
    return data.getvalue()


def inline_svg(svg: str, *, prefix: str, description: str) -> InlineSvg:
    """Turn an SVG file of matplotlib into an element of a page.

    Each color becomes a variable of the page's style sheet, named by `variable`, with the color as what holds where
    the variable isn't set. Figures with rasters or meshes keep theirs: their colors are measured by a color bar.

    Args:
        svg: As `to_svg` returns it.
        prefix: Goes before every id, as ids of several figures on one page must differ.
        description: What the figure shows, for people who don't see it.
    """
    root = ET.fromstring(svg)
    fixed = 'id="QuadMesh' in svg or "<image" in svg
    width = round(float(str(root.get("width")).removesuffix("pt")) / _POINTS)
    _strip(root)
    _rename(root, prefix)
    colors = frozenset() if fixed else frozenset(_recolor(root.iter()))
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": " ".join(description.split())}
    text = ET.tostring(root, encoding="unicode")
    return InlineSvg(text, width, colors, fixed)


def variable(color: str) -> str:
    """Return the name of the style sheet's variable for a color of figures."""
    return f"--c{color.removeprefix('#')}"


def dark_rules(colors: Iterable[str]) -> str:
    """Return the declarations that give the colors of figures their twins on a dark page."""
    return "".join(f"{variable(color)}:{dark_twin(color)};" for color in sorted({"#000000", "#ffffff", *colors}))


def _strip(root: ET.Element) -> None:
    """Leave out namespaces, metadata and style sheets, which would hold for the whole page, and line breaks."""
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(key): value for key, value in element.attrib.items()}
        element.text = element.tail = None
        if "d" in element.attrib:
            element.attrib["d"] = " ".join(element.attrib["d"].split())
    for parent in root.iter():
        for child in [child for child in parent if _local(child.tag) in ("metadata", "style")]:
            parent.remove(child)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _rename(root: ET.Element, prefix: str) -> None:
    """Put the prefix before ids that are referred to, leave out the others, and note the number of a series."""
    used = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used |= set(re.findall(r"url\(#([^)]+)\)", value))
            if key == "href" and value.startswith("#"):
                used.add(value[1:])
                element.attrib[key] = f"#{prefix}-{value[1:]}"
            else:
                element.attrib[key] = re.sub(r"url\(#", f"url(#{prefix}-", value)
    for element in root.iter():
        own = element.attrib.pop("id", "")
        if own.startswith(SERIES):
            element.attrib["data-series"] = own.removeprefix(f"{SERIES}-").partition(".")[0]
        if own in used:
            element.attrib["id"] = f"{prefix}-{own}"


def _recolor(elements: Iterable[ET.Element]) -> set[str]:
    found: set[str] = set()
    for element in elements:
        style = element.get("style", "")
        if colors := _COLOR.findall(style):
            found |= set(colors)
            element.attrib["style"] = _COLOR.sub(lambda match: f"var({variable(match[0])},{match[0]})", style)
    return found
