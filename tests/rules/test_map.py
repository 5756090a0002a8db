"""The picture of the rooms, the map and the table of layers agree with the code."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.rules import ROOT
from tests.rules.imports import imports_of
from tests.rules.layers import LAYERS

MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FOLDERS = {folder.parent.name for folder in (ROOT / "src" / "depthlab").glob("*/__init__.py")}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("draw_map", ROOT / "tools" / "draw_map.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_picture_is_of_the_code(tool: ModuleType) -> None:
    assert tool.PICTURE.read_text(encoding="utf-8") == tool.draw(ROOT / "src"), "run: python tools/draw_map.py"


def test_its_edges_are_the_imports_that_the_rules_see(tool: ModuleType) -> None:
    rooms, libraries = tool.read_imports(ROOT / "src")
    for room in rooms:
        folder = ROOT / "src" / ("" if room == "hydra_plugins" else "depthlab") / room
        names = [found.name for file in folder.rglob("*.py") for found in imports_of(file, ROOT / "src")]
        assert rooms[room] == {name.split(".")[1] for name in names if name.startswith("depthlab.")} & rooms.keys() - {
            room
        }
        assert libraries.get(room, set()) <= {name.partition(".")[0] for name in names}


def test_an_edge_that_others_imply_is_left_out_and_no_other(tool: ModuleType) -> None:
    rooms = {"a": {"b", "c", "d"}, "b": {"c"}, "c": set(), "d": set()}
    assert tool.direct_edges(rooms) == [("a", "b"), ("a", "d"), ("b", "c")]


def test_an_import_is_read_wherever_it_stands(tool: ModuleType, tmp_path: Path) -> None:
    package = tmp_path / "depthlab"
    for room in ("one", "two"):
        (package / room).mkdir(parents=True)
    (package / "one" / "a.py").write_text("import torch.nn\ndef f():\n    from depthlab.two import x\n")
    (package / "two" / "b.py").write_text("import os\nfrom depthlab.two.c import y\n")
    assert tool.read_imports(tmp_path) == ({"one": {"two"}, "two": set()}, {"one": {"torch"}})


def test_picture_table_and_map_have_every_room(tool: ModuleType) -> None:
    listed = re.search(r"\| room \| what is there \|\n\|[-|]+\|\n(.*?)\n\n", MAP, re.DOTALL)
    assert listed is not None
    named = {name for row in listed[1].splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == tool.PLACES.keys() == LAYERS.keys() - tool.HELPERS == FOLDERS - tool.HELPERS | {"hydra_plugins"}


def test_the_map_has_ten_places_and_all_of_them_exist() -> None:
    listed = re.search(r"\| I look for.*?\n\|[-|]+\|\n(.*?)\n\n", MAP, re.DOTALL)
    assert listed is not None
    rows = listed[1].splitlines()
    assert len(rows) == 10
    places = [place for row in rows for place in re.findall(r"`((?:src|conf|pipelines)/[\w/.]*)", row)]
    assert [place for place in places if not (ROOT / place.partition("NAME")[0]).exists()] == []
    parts = {
        folder.name for folder in (ROOT / "src" / "depthlab" / "sweeps").iterdir() if (folder / "__init__.py").exists()
    }
    sweeps = re.search(r"\| `sweeps/`.*?\n\n", MAP, re.DOTALL)
    assert sweeps is not None and set(re.findall(r"^\| `(\w+)/`", sweeps[0], re.MULTILINE)) - {"sweeps"} == parts
