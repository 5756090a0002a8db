"""Figures as parts of a page: their ids, their colors, their words."""

import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex

from depthlab.report.dark_colors import DARK_INK, DARK_PAPER, contrast, dark_twin
from depthlab.report.palette import BROKEN, COLORS
from depthlab.report.svg import InlineSvg, dark_rules, inline_svg, to_svg
from tests.report.pages import drawn

VIRIDIS = [to_hex(shade) for shade in colormaps["viridis"].colors]


def inlined(kind: str = "lines", prefix: str = "f1") -> InlineSvg:
    return inline_svg(to_svg(drawn(kind)), prefix=prefix, description="What it shows")


@pytest.mark.parametrize("kind", ["lines", "map"])
def test_it_is_one_element_without_strangers(kind: str):
    svg = inlined(kind)
    root = ET.fromstring(svg.text)
    assert root.tag == "svg" and root.get("aria-label") == "What it shows" and root.get("role") == "img"
    assert root.get("width") is None and root.get("viewBox")
    tags = {element.tag for element in root.iter()}
    assert not tags & {"metadata", "style", "script", "text"}  # words are drawn, and so the same everywhere
    assert svg.width == 614  # 6.4 inches of 96 pixels


@pytest.mark.parametrize("kind", ["lines", "map"])
def test_each_reference_has_its_target_and_figures_share_no_id(kind: str):
    first, second = (ET.fromstring(inlined(kind, prefix).text) for prefix in ("f1", "f2"))
    ids = [{element.get("id") for element in root.iter() if element.get("id")} for root in (first, second)]
    assert ids[0] and not ids[0] & ids[1]
    text = ET.tostring(first, encoding="unicode")
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    assert used == ids[0]


def test_colors_follow_the_page():
    svg = inlined()
    assert {"#440154", "#e8f0fe", "#ffffff", "#000000"} <= svg.colors and not svg.fixed
    assert re.findall(r"(?<!,)#[0-9a-f]{6}", svg.text) == []  # each one is the second choice of a variable
    rules = dark_rules(svg.colors)
    assert f"--cffffff:{DARK_PAPER};" in rules and f"--c000000:{DARK_INK};" in rules
    assert {name for name in re.findall(r"var\((--c[0-9a-f]{6}),", svg.text)} == set(re.findall(r"(--c\w+):", rules))


def test_colors_that_are_a_scale_stay():
    svg = inlined("map")
    assert svg.fixed and svg.colors == frozenset() and "var(" not in svg.text


def test_the_same_figure_is_the_same_text():
    assert to_svg(drawn()) == to_svg(drawn())
    assert inlined() == inlined()


@pytest.mark.parametrize("color", [*COLORS, BROKEN, "#4269d0", "#d9480f", *VIRIDIS[::32]])
def test_colors_can_be_seen_on_a_dark_page(color: str):
    assert contrast(dark_twin(color), DARK_PAPER) >= 3  # what Web Content Accessibility Guidelines ask of graphics


@pytest.mark.parametrize("gray", ["#000000", "#1a1a1a", "#595959", "#666666"])
def test_gray_words_can_be_read_on_a_dark_page(gray: str):
    assert contrast(dark_twin(gray), DARK_PAPER) >= 4.5


def test_a_scale_stays_in_its_order():
    shades = [dark_twin(shade) for shade in VIRIDIS[::16]]
    seen = [contrast(shade, DARK_PAPER) for shade in shades]
    assert seen == sorted(seen) and len(set(shades)) == len(shades)


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # known as just too light


@pytest.mark.parametrize("name", ["ink", "quiet", "link", "note", "warning"])
def test_words_of_the_page_can_be_read(name: str):
    from tests.rules import ROOT

    css = (ROOT / "src/depthlab/report/templates/page.css").read_text()
    found = re.findall(rf"--{name}: (#[0-9a-f]{{6}})", css)
    assert contrast(found[0], "#ffffff") >= 4.5 and contrast(found[0], "#f6f7f8") >= 4.5
    dark = found[1] if len(found) > 1 else DARK_INK
    assert contrast(dark, DARK_PAPER) >= 4.5 and contrast(dark, "#1d2126") >= 4.5
