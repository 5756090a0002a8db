"""Figures for the column of a paper: keys of every command that writes a page."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from depthlab.command_line.figure_style import PAGE_STYLE, FigureStyle, read_figure_style
from depthlab.questions.arguments import Usage, read_arguments
from depthlab.report.frame import drawn_for, figure_frame, legend

USAGE = Usage("degradation", "degradation", "", {}, (), "")


def drawn() -> Figure:
    figure, (above, below) = figure_frame(2, 1, size=(9.0, 6.0))
    for axes in (above, below):
        axes.plot([0, 1], [1, 0], label="plain")
        axes.set(xlabel="depth", ylabel="error (%)")
    legend(figure)
    figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize(
    ("typed", "inches"), [("3.25in", 3.25), ("8.255cm", 3.25), ("82.55 mm", 3.25), ("252pt", 252 / 72.27)]
)
def test_a_width_has_a_unit(typed: str, inches: float):
    assert read_figure_style({"figure.width": typed}).width == pytest.approx(inches)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        *(("width", value, "such as figure.width=3.25in") for value in ("3", "wide", "0in", "1mm", "90in", "-3in")),
        *(("size", value, "type points from 4 to 40") for value in ("big", "0", "nan", "-8")),
        ("font", "Dejavu Sanz", "DejaVu Sans"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(key: str, value: str, told: str):
    with pytest.raises(ValueError, match=told) as caught:
        read_figure_style({f"figure.{key}": value})
    assert str(caught.value).startswith(f"figure.{key}={value}: ") and "\n" not in str(caught.value)


def test_every_question_takes_them():
    words = ["figure.width=3.25in", "figure.font=serif", "figure.size=8pt", "depth=8"]
    arguments = read_arguments(words, USAGE)
    assert arguments.style == FigureStyle(3.25, "serif", 8.0)
    assert arguments.options == {} and "depth=8" in arguments.overrides
    assert read_arguments(["depth=8"], USAGE).style == PAGE_STYLE


def test_a_column_has_its_width_its_letters_and_room_for_each_panel():
    with drawn_for(3.25, "serif", 8.0):
        figure = drawn()
    assert figure.get_figwidth() == 3.25
    letters = [text for text in figure.findobj(Text) if text.get_text()]
    assert {text.get_fontfamily()[0] for text in letters} == {"serif"}
    assert {round(text.get_fontsize(), 1) for text in letters} == {8.0, round(0.833 * 8, 1)}  # a legend's are small
    assert all(axes.get_window_extent().height > 0.7 * figure.dpi for axes in figure.axes)
    page = drawn()  # nothing of it lasts
    assert page.get_figwidth() == 9.0 and page.axes[0].xaxis.label.get_fontsize() == 10.0


def test_a_font_is_in_the_file_of_a_paper(tmp_path: Path):
    with drawn_for(font="serif"):
        drawn().savefig(tmp_path / "a.pdf")
    assert b"DejaVuSerif" in (tmp_path / "a.pdf").read_bytes()
