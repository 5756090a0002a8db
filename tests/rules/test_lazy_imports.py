"""Heavy libraries arrive only where they are needed: torch takes two seconds, Lightning three, MLflow one."""

import importlib
import subprocess
import sys

import pytest

from tests.rules import ROOT

HEAVY = {"torch", "pytorch_lightning", "torchmetrics", "mlflow", "ray", "datasets", "sklearn", "matplotlib"}
AFTERWARDS = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
HELP = """
import contextlib, io, runpy, sys
sys.argv = ["train.py", "--help"]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    runpy.run_path("train.py", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import train", ()),
        ("import depthlab", ()),
        ("import depthlab.records", ()),
        ("import depthlab.recipe", ()),
        ("import depthlab.tracking", ()),
        ("import depthlab.report", ("matplotlib",)),
        ("import depthlab.models", ("torch",)),
        (HELP, ()),
    ],
)
def test_nothing_heavy_comes_along(statement: str, allowed: tuple[str, ...]):
    command = [sys.executable, "-c", f"{statement}\n{AFTERWARDS}"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    came = set(answer.stdout.split())
    assert "sys" in came
    assert came & HEAVY <= set(allowed)


@pytest.mark.parametrize("package", ["run", "sweeps", "training"])
def test_no_module_hides_a_lazy_export(package: str):
    """Importing the module `depthlab.run.x` binds `depthlab.run.x` to it, and hides a lazy export `x`."""
    room = ROOT / "src" / "depthlab" / package
    modules = {file.stem for file in room.glob("*.py")} | {file.parent.name for file in room.glob("*/__init__.py")}
    assert modules & set(importlib.import_module(f"depthlab.{package}").__all__) == set()
