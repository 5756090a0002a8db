"""Draw the rooms of src and their imports: python tools/draw_map.py writes docs/architecture.svg.

Boxes are placed by hand, in PLACES; arrows and libraries are read from the imports. An arrow that others imply (sweeps
import run, which import records) is left out.
"""

import ast
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"

# room -> row, first column, end column, and what the room is for
PLACES: dict[str, tuple[int, float, float, str]] = {
    "commands": (0, 0, 5, "depthlab NAME: train, sweep, predict, rerun, ...; a question by its name"),
    "api": (0, 5, 10, "the same from Python: train, sweep, runs, load, each question as a function"),
    "hydra_plugins": (1, 0, 1, "-m: a sweep"),
    "questions": (1, 1, 10, "one folder each: question, plan, record, measure, verdict, figures, tables, page"),
    "sweeps": (2, 0, 7, "many runs: planned, computed by Ray, never lost and never computed twice"),
    "run": (3, 1, 7, "a recipe becomes a record, and a run becomes a network again"),
    "command_line": (3, 7, 8, "one-line errors"),
    "statistics": (4, 0, 1, "intervals, tests, trends"),
    "report": (4, 1, 2, "figures and pages from records"),
    "tracking": (4, 2, 3, "run folders, MLflow"),
    "data": (4, 3, 4, "image sets, batches, augmentation"),
    "training": (4, 4, 5, "classifier, schedules, checkpoints"),
    "models": (4, 5, 6, "families of networks"),
    "recipe": (4, 6, 8, "a configuration, composed, checked, fingerprinted"),
    "measures": (4, 8, 9, "measures on networks"),
    "published": (4, 9, 10, "results of papers"),
    "nn": (5, 4.5, 8.5, "networks as stem, stages of units, head; units as Sum or Concat of named paths"),
    "records": (6, 0, 10, "frozen dataclasses with a JSON form: everything that is written down"),
}
# the package's own names, a function that others import lazily with, and what tells all of them how they were called
HELPERS = {"depthlab", "lazy_exports", "invocation"}
COLUMN, GAP, BETWEEN = 126, 12, 40  # pixels: of a column, between columns, between rows
HEIGHTS = (60, 60, 60, 60, 134, 60, 46)  # pixels, of the boxes of each row
TOPS = [GAP + sum(HEIGHTS[:row]) + BETWEEN * row for row in range(len(HEIGHTS))]
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.name { font: bold 13px ui-monospace, monospace; }
.library { font-size: 11px; fill: #59636e; }
rect { fill: #f6f8fa; stroke: #59636e; rx: 6px; }
line { stroke: #0969da; stroke-width: 1.5; }
path { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .library { fill: #9198a1; } rect { fill: #151b23; stroke: #9198a1; }
  line { stroke: #4493f8; } path { fill: #4493f8; }
}
"""


def read_imports(source: Path) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the rooms and the libraries that each room under `source` (the folder src) imports."""
    rooms: dict[str, set[str]] = {}
    libraries: dict[str, set[str]] = {}
    for file in sorted(source.rglob("*.py")):
        parts = file.relative_to(source).with_suffix("").parts
        room = parts[0] if parts[0] != "depthlab" else parts[1] if parts[1] != "__init__" else "depthlab"
        for name in _imported(ast.parse(file.read_text(encoding="utf-8"))):
            top, _, rest = name.partition(".")
            if top == "depthlab":
                rooms.setdefault(room, set()).add(rest.partition(".")[0])
            elif top not in sys.stdlib_module_names:
                libraries.setdefault(room, set()).add(top)
        rooms.setdefault(room, set()).discard(room)
    return {room: found - HELPERS for room, found in rooms.items() if room not in HELPERS}, libraries


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def direct_edges(rooms: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the edges that no longer way implies, sorted."""

    def below(room: str) -> set[str]:
        return set().union(*({other} | below(other) for other in rooms[room]))

    edges = {(room, target) for room, targets in rooms.items() for target in targets}
    return sorted((a, b) for a, b in edges if not any(b in below(other) for other in rooms[a] - {b}))


def draw(source: Path) -> str:
    """Return the picture as SVG."""
    rooms, libraries = read_imports(source)
    assert rooms.keys() == PLACES.keys(), f"PLACES must hold the rooms of src: {rooms.keys() ^ PLACES.keys()}"
    lines = [line for edge in direct_edges(rooms) for line in _arrow(*edge)]
    boxes = [line for room in PLACES for line in _box(room, sorted(libraries.get(room, ())))]
    width, height = 10 * COLUMN + GAP, TOPS[-1] + HEIGHTS[-1] + GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    title = "<title>The rooms of src: an arrow goes from a room to one that it imports</title>"
    return "\n".join([head, title, f"<style>{STYLE}</style>", *lines, *boxes, "</svg>", ""])


def _box(room: str, libraries: list[str]) -> Iterator[str]:
    row, start, end, purpose = PLACES[room]
    x, y, width = GAP + start * COLUMN, TOPS[row], (end - start) * COLUMN - GAP
    yield f'<rect x="{x:g}" y="{y}" width="{width:g}" height="{HEIGHTS[row]}"/>'
    texts = [("name", room)] + [("", line) for line in textwrap.wrap(purpose, int(width / 7))]
    texts += [("library", line) for line in textwrap.wrap(" ".join(libraries), int(width / 6.6))]
    for number, (kind, text) in enumerate(texts):
        yield f'<text class="{kind}" x="{x + 8:g}" y="{y + 19 + 15 * number}">{text}</text>'


def _arrow(upper: str, lower: str) -> Iterator[str]:
    """Draw a straight line down, in the widest part of the way that no other box covers."""
    (top, *above, _), (bottom, *under, _) = PLACES[upper], PLACES[lower]
    free = [(max(above[0], under[0]), min(above[1], under[1]))]
    for row, start, end, _ in PLACES.values():
        if top < row < bottom:
            free = [part for a, b in free for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    assert free and free[0][0] < free[0][1], f"no straight way from {upper} to {lower}: place them anew in PLACES"
    x = GAP / 2 + COLUMN * sum(max(free, key=lambda part: part[1] - part[0])) / 2
    y1, y2 = TOPS[top] + HEIGHTS[top], TOPS[bottom]
    yield f'<line x1="{x:g}" y1="{y1}" x2="{x:g}" y2="{y2 - 8}"/>'
    yield f'<path d="M{x - 5:g} {y2 - 9}h10l-5 9z"/>'


if __name__ == "__main__":
    PICTURE.write_text(draw(ROOT / "src"), encoding="utf-8")
