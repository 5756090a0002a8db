"""What a figure shows, as numbers: for its CSV file, and for the page, where a pointer reads values off."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection, PathCollection, PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

SERIES = "series"  # the beginning of the names that series have in an SVG file
_POINTS = 72  # of an inch


@final
@dataclass(frozen=True)
class DrawnPoint:
    """A point of a figure; `low` and `high` end its error bar or the band around it."""

    panel: str
    series: str
    x: Any  # a number, or the name of a category
    y: Any  # None for a band, which has bounds alone
    low: float | None
    high: float | None
    value: float | None  # of a map's cell
    at: tuple[float, float]  # where it lies in the SVG file


@final
@dataclass(frozen=True)
class FigureData:
    """The points of a figure, and the names of its series in the order of its legend."""

    points: tuple[DrawnPoint, ...]
    series: tuple[str, ...]

    def to_csv(self) -> str:
        """Return a row for each point, exact; columns that nothing is in are left out."""
        columns = [
            name
            for name in ("panel", "series", "x", "y", "low", "high", "value")
            if name in ("x", "y") or any(getattr(point, name) not in (None, "") for point in self.points)
        ]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([getattr(point, name) for name in columns] for point in self.points)
        return text.getvalue()


def read_figure(figure: Figure) -> FigureData:
    """Read the series off a figure that was drawn: lines, points, bars, bands and maps.

    What belongs to a series (by its label, or by color, marker and line of the legend's entry) gets a name by which
    its parts are found in an SVG file: `series-2.7` is of the third.
    """
    names = _Names(figure)
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    points: list[DrawnPoint] = []
    for number, axes in enumerate(panels, 1):
        title = axes.get_title() or (f"panel {number}" if len(panels) > 1 else "")
        points += _PanelReader(figure, axes, title, names).points()
    return FigureData(tuple(points), tuple(names.labels))


@final
class _Names:
    """Which series a part of a figure belongs to."""

    def __init__(self, figure: Figure) -> None:
        self.labels: dict[str, int] = {}  # of the legend -> their places
        self._looks: dict[tuple[str, ...], set[str]] = {}
        self._parts = 0
        for legend in filter(None, [*figure.legends, *(axes.get_legend() for axes in figure.axes)]):
            for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False):
                if handle is None or not text.get_text():
                    continue
                self.labels.setdefault(text.get_text(), len(self.labels))
                for look in _looks(handle):
                    self._looks.setdefault(look, set()).add(text.get_text())

    def name(self, parts: Sequence[Artist], label: Any = "") -> str:
        """Return the series of some parts that are one thing, and mark them; "" where it can't be told."""
        own = str(label or "")
        found = (
            own
            if own in self.labels
            else next(
                (next(iter(told)) for look in _looks(parts[0]) if len(told := self._looks.get(look, set())) == 1), ""
            )
        )
        for part in parts if found else ():
            if part.get_gid() is None:
                part.set_gid(f"{SERIES}-{self.labels[found]}.{self._parts}")
                self._parts += 1
        return found or ("" if own.startswith("_") else own)


def _looks(part: Artist) -> list[tuple[str, ...]]:
    """Return how a part looks, from all of it to its color alone."""
    if isinstance(part, ErrorbarContainer):
        return _looks(part[0]) if part[0] is not None else []
    if isinstance(part, Line2D):
        color, marker, line = to_hex(part.get_color()), str(part.get_marker()), str(part.get_linestyle())
        return [(color, marker, line), (color, line), (color,)]
    if isinstance(part, Collection):
        colors = [*part.get_edgecolor(), *part.get_facecolor()]
        return [(to_hex(colors[0]),)] if len(colors) else []
    if isinstance(part, BarContainer):
        return _looks(part[0]) if len(part) else []
    face = getattr(part, "get_facecolor", lambda: None)()
    return [] if face is None else [(to_hex(face),)]


@final
class _PanelReader:
    """The points of one panel."""

    def __init__(self, figure: Figure, axes: Axes, title: str, names: _Names) -> None:
        self._axes, self._title, self._names = axes, title, names
        self._scale = _POINTS / figure.dpi
        self._height = figure.get_figheight() * _POINTS
        self._tick_names = [_tick_names(axis) for axis in (axes.xaxis, axes.yaxis)]
        self._in_containers: set[Artist] = set()

    def points(self) -> Iterator[DrawnPoint]:
        for container in self._axes.containers:
            if isinstance(container, ErrorbarContainer):
                yield from self._error_bars(container)
            elif isinstance(container, BarContainer) and container.patches:
                yield from self._bars(container)
        for line in self._axes.lines:
            # Others are lines of reference, which have no points.
            if line not in self._in_containers and line.get_transform() == self._axes.transData:
                series = self._names.name([line], line.get_label())
                yield from (self._point(series, x, y) for x, y in _pairs(line.get_data()) if np.isfinite([x, y]).all())
        for drawn in self._axes.collections:
            if drawn not in self._in_containers:
                yield from self._collection(drawn)
        for image in self._axes.images:
            yield from self._image(image)

    def _point(
        self,
        series: str,
        x: float,
        y: float,
        bounds: tuple[float | None, float | None] = (None, None),
        value: float | None = None,
    ) -> DrawnPoint:
        across, up = self._axes.transData.transform((x, y))
        at = float(across * self._scale), float(self._height - up * self._scale)
        told = [names.get(float(place), float(place)) for names, place in zip(self._tick_names, (x, y), strict=True)]
        return DrawnPoint(self._title, series, told[0], told[1], bounds[0], bounds[1], value, at)

    def _error_bars(self, container: ErrorbarContainer) -> Iterator[DrawnPoint]:
        line, caps, bars = container.lines
        parts = [one for one in (line, *caps, *bars) if one is not None]
        self._in_containers |= set(parts)
        series = self._names.name(parts, container.get_label())
        ends: dict[float, tuple[float, float]] = {}
        for segment in (one for bar in bars for one in bar.get_segments()):
            if len(segment) == 2 and segment[0][0] == segment[1][0]:  # those along x are no bounds of y
                ends[float(segment[0][0])] = (float(segment[0][1]), float(segment[1][1]))
        for x, y in _pairs(line.get_data()) if line is not None else ():
            yield self._point(series, x, y, ends.get(float(x), (None, None)))

    def _bars(self, container: BarContainer) -> Iterator[DrawnPoint]:
        self._in_containers |= set(container.patches)
        series = self._names.name(container.patches, container.get_label())
        for bar in container.patches:
            (left, low), (right, high) = bar.get_bbox().get_points()
            if container.orientation == "horizontal":
                yield self._point(series, right, (low + high) / 2)
            else:
                yield self._point(series, (left + right) / 2, high)

    def _collection(self, drawn: Collection) -> Iterator[DrawnPoint]:
        series = self._names.name([drawn], drawn.get_label())
        if isinstance(drawn, PathCollection) and drawn.get_offset_transform() == self._axes.transData:
            places = _floats(drawn.get_offsets())
            yield from (self._point(series, x, y) for x, y in places if np.isfinite([x, y]).all())
        elif isinstance(drawn, QuadMesh):
            corners = np.asarray(drawn.get_coordinates(), dtype=float)
            middles = ((corners[:-1, :-1] + corners[1:, 1:]) / 2).reshape(-1, 2)
            values = _floats(drawn.get_array()).ravel()
            for (x, y), value in zip(middles, values, strict=True):
                if not np.isnan(value):
                    yield self._point("", x, y, value=float(value))
        elif isinstance(drawn, PolyCollection) and drawn.get_transform() == self._axes.transData:
            sides: dict[float, list[float]] = {}
            for x, y in (pair for path in drawn.get_paths() for pair in np.asarray(path.vertices)):
                sides.setdefault(float(x), []).append(float(y))
            for x, ys in sorted(sides.items()):
                yield replace(self._point(series, x, ys[0], (min(ys), max(ys))), y=None)

    def _image(self, image: AxesImage) -> Iterator[DrawnPoint]:
        values = _floats(image.get_array())
        left, right, bottom, top = image.get_extent()
        if image.origin == "upper":
            bottom, top = top, bottom
        for place, value in np.ndenumerate(values):
            if len(place) == 2 and not np.isnan(value):  # a photograph has colors beside
                x = left + (place[1] + 0.5) * (right - left) / values.shape[1]
                y = bottom + (place[0] + 0.5) * (top - bottom) / values.shape[0]
                yield self._point("", x, y, value=float(value))


def _floats(data: Any) -> np.ndarray[Any, Any]:
    """Return numbers, NaN where they are masked."""
    return np.ma.filled(np.ma.asarray(data, dtype=float), np.nan)


def _pairs(data: Any) -> Any:
    return np.column_stack([np.asarray(one, dtype=float) for one in data])


def _tick_names(axis: Axis) -> dict[float, str]:
    """Return the words that stand at ticks, by their places: categories. Numbers tell themselves."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return {}
    pairs = ((float(tick.get_loc()), tick.label1.get_text()) for tick in axis.get_major_ticks())
    return {place: text for place, text in pairs if text[:1].isalpha()}
