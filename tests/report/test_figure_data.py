"""What is read off a figure is what was drawn, for its CSV file and for the pointer."""

import csv
import io
import re

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlab.report.figure_data import DrawnPoint, FigureData, read_figure
from depthlab.report.frame import figure_frame, legend
from depthlab.report.svg import inline_svg, lay_out, to_svg

X, Y, STD = [20.0, 56.0, 110.0], [8.5, 30.25, 1.5], [0.5, 2.0, 0.25]


def read(draw: object, *, below: bool = False) -> tuple[Figure, FigureData]:
    figure, axes = figure_frame(size=(6.4, 4.2))
    assert callable(draw)
    draw(axes)
    legend(figure, place="below" if below else "right")
    lay_out(figure)
    return figure, read_figure(figure)


def rows(data: FigureData) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.to_csv())))


def points(data: FigureData) -> list[tuple[object, object]]:
    return [(point.x, point.y) for point in data.points]


def errorbars(axes: Axes) -> None:
    axes.errorbar(X, Y, yerr=STD, color="C0", label="plain", capsize=3)
    axes.plot(X, np.array(Y) / 2, color="C1", label="resnet")
    axes.scatter(X, np.array(Y) / 2 + 0.1, color="C1")
    axes.axhline(90, color="C0")  # chance: a reference, no data


def test_lines_bars_and_points_are_read_to_the_last_digit() -> None:
    _, data = read(errorbars)
    found = [(row["series"], *(float(row[name]) for name in ("x", "y"))) for row in rows(data)]
    assert found[:3] == [("plain", x, y) for x, y in zip(X, Y, strict=True)]
    assert found[3:6] == [("resnet", x, y / 2) for x, y in zip(X, Y, strict=True)]
    assert found[6:] == [("resnet", x, y / 2 + 0.1) for x, y in zip(X, Y, strict=True)]  # by its color
    bounds = [(float(row["low"]), float(row["high"])) for row in rows(data)[:3]]
    np.testing.assert_allclose(bounds, [(y - std, y + std) for y, std in zip(Y, STD, strict=True)])
    assert data.series == ("resnet", "plain")  # as the legend has them


def test_a_band_has_its_bounds() -> None:
    def draw(axes: Axes) -> None:
        axes.plot(X, Y, color="C0", label="plain")
        axes.fill_between(X, np.array(Y) - 1, np.array(Y) + 3, color="C0", alpha=0.2)

    _, data = read(draw)
    band = [row for row in rows(data) if not row["y"]]
    assert [(float(row["x"]), float(row["low"]), float(row["high"])) for row in band] == [
        (x, y - 1, y + 3) for x, y in zip(X, Y, strict=True)
    ]
    assert {row["series"] for row in rows(data)} == {"plain"}


@pytest.mark.parametrize("lying", [False, True])
def test_bars_and_categories_have_their_names(lying: bool) -> None:
    def draw(axes: Axes) -> None:
        bars = axes.barh if lying else axes.bar
        bars([0, 1, 2], Y, color="C2", label="cost")
        (axes.set_yticks if lying else axes.set_xticks)([0, 1, 2], ["stem", "stage 1", "head"])

    _, data = read(draw)
    pairs = list(zip(["stem", "stage 1", "head"], Y, strict=True))
    assert points(data) == ([(y, name) for name, y in pairs] if lying else pairs)


@pytest.mark.parametrize("mesh", [False, True])
def test_a_map_has_a_row_for_each_cell(mesh: bool) -> None:
    values = np.ma.masked_invalid([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]])

    def draw(axes: Axes) -> None:
        if mesh:
            axes.pcolormesh(np.arange(4) - 0.5, np.arange(3) - 0.5, values)
        else:
            axes.figure.colorbar(axes.imshow(values))

    _, data = read(draw)
    assert [(point.x, point.y, point.value) for point in data.points] == [
        (column, row, values[row, column]) for row in range(2) for column in range(3) if (row, column) != (0, 2)
    ]


def test_points_lie_where_the_file_has_them() -> None:
    figure, data = read(lambda axes: axes.plot(X, Y, "o", label="plain"))
    marks = [tuple(map(float, mark)) for mark in re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', to_svg(figure))]
    for point in data.points:
        assert any(mark == pytest.approx(point.at, abs=1e-3) for mark in marks)


def test_the_parts_of_a_series_can_be_found_in_the_page() -> None:
    figure, _ = read(errorbars)
    text = inline_svg(to_svg(figure), prefix="f1", description="Errors").text
    assert text.count('data-series="0"') == 2  # a line and its points
    assert text.count('data-series="1"') == 4  # a line, its caps and bars
    assert "series-" not in text.replace("data-series", "")


def test_a_look_that_two_series_share_is_of_neither() -> None:
    def draw(axes: Axes) -> None:
        axes.plot(X, Y, color="C0", label="one")
        axes.plot(X, Y, color="C0", linestyle="--", label="two")
        axes.scatter(X, Y, color="C0")

    _, data = read(draw)
    assert [point.series for point in data.points] == ["one"] * 3 + ["two"] * 3 + [""] * 3


def test_columns_that_hold_nothing_are_left_out() -> None:
    bare = FigureData((DrawnPoint("", "", 1.0, 2.0, None, None, None, (0.0, 0.0)),), ())
    assert bare.to_csv() == "x,y\n1.0,2.0\n"
