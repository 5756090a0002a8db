from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.rules import ROOT
from tests.rules.layers import LAYERS, broken_edges


def test_the_house_keeps_its_layers():
    assert broken_edges(ROOT / "src") == []


def test_the_table_itself_points_one_way():
    edges = {room: (allowed.at_once | allowed.lazily) & LAYERS.keys() for room, allowed in LAYERS.items()}
    order = list(TopologicalSorter(edges).static_order())  # raises CycleError if there is a way round
    assert order.index("records") < order.index("tracking") < order.index("run")


@pytest.mark.parametrize(
    ("file", "text", "edge"),
    [
        ("records.py", "import torch", "1: records may not import torch"),
        ("records.py", "def f():\n    from depthlab.nn import Sum", "2: records may not import nn"),
        ("nn/paths.py", "import os\n\nfrom depthlab.records import Record", "3: nn may not import records"),
        ("nn/paths.py", "from depthlab import models", "1: nn may not import models"),
        ("nn/paths.py", "from depthlab import load", "1: nn may not import depthlab"),
        ("nn/paths.py", "import depthlab", "1: nn may not import depthlab"),
        ("nn/paths.py", "from .. import run", "1: nn may not import run"),
        ("nn/deep/er.py", "from ...run import fit", "1: nn may not import run"),
        ("nn/__init__.py", "from ..run import fit", "1: nn may not import run"),
        ("models/residual.py", "import depthlab.recipe.compose as c", "1: models may not import recipe"),
        (
            "models/residual.py",
            "class A:\n    async def f(self):\n        import hydra",
            "3: models may not import hydra",
        ),
        (
            "models/residual.py",
            "try:\n    import mlflow\nexcept ImportError:\n    pass",
            "2: models may not import mlflow",
        ),
        ("measures/lesions.py", "from depthlab.models import resnet", "1: measures may not import models"),
        ("report/page.py", "f = lambda: __import__('torch')", "1: report may not import torch"),
        ("report/page.py", "import importlib\nimportlib.import_module('depthlab.nn')", "2: report may not import nn"),
        ("recipe/check.py", "if TYPE_CHECKING:\n    import torch", "2: recipe may not import torch"),
        ("recipe/check.py", "if x:\n    pass\nelse:\n    import torch", "4: recipe may not import torch"),
        ("tracking/store.py", "import mlflow", "1: tracking may import mlflow only inside a function"),
        ("data/hub.py", "class A:\n    import datasets", "2: data may import datasets only inside a function"),
        ("sweeps/space.py", "import mlflow", "1: sweeps may import mlflow only inside a function"),
        ("__init__.py", "from depthlab.api import load", "1: depthlab may import api only inside a function"),
        ("../hydra_plugins/a.py", "from depthlab.sweeps import s", "1: hydra_plugins may import sweeps only inside"),
        ("attic/box.py", "", "attic/box.py: room 'attic' is not in the table"),
    ],
)
def test_a_forbidden_import_is_found_and_named(tmp_path: Path, file: str, text: str, edge: str):
    write(tmp_path, file, text)
    [complaint] = broken_edges(tmp_path / "src")
    assert edge in complaint
    assert complaint.startswith((tmp_path / "src" / "depthlab" / file).resolve().relative_to(tmp_path).as_posix())


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("records.py", "import json\nfrom dataclasses import dataclass"),
        ("nn/paths.py", "from . import skips\nfrom .skips import PadSkip\nfrom depthlab.nn.drop import DropPath"),
        ("models/residual.py", "from ..nn import Sum\nimport depthlab.nn.paths"),
        ("tracking/store.py", "def f():\n    import mlflow"),
        ("tracking/store.py", "if TYPE_CHECKING:\n    import mlflow"),
        ("../hydra_plugins/a.py", "class S:\n    def sweep(self):\n        from depthlab.sweeps import s"),
        ("__init__.py", "def __getattr__(name):\n    from depthlab.api import load"),
    ],
)
def test_an_allowed_import_passes(tmp_path: Path, file: str, text: str):
    write(tmp_path, file, text)
    assert broken_edges(tmp_path / "src") == []


def write(folder: Path, file: str, text: str) -> None:
    path = (folder / "src" / "depthlab" / file).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
