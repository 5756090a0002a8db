"""The pipelines as programs: a person's mistake is answered soon."""

import subprocess
import sys

import pytest

from tests.rules import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "pipelines").glob("*.py"))
HEAVY = ("torch", "mlflow", "pytorch_lightning", "matplotlib")


def test_all_are_here() -> None:
    answers = ["anatomy", "degradation", "exponent", "kernels", "lesion", "paths", "regularization", "reuse", "votes"]
    others = ["evaluate", "predict", "report", "rerun", "sync"]
    assert sorted(f"{name}.py" for name in (*answers, "width_vs_depth", *others)) == SCRIPTS


PROBE = """
import runpy, sys
script, *words = sys.argv[1:]
for word in words:
    sys.argv = [script, word]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        print(f"{word} ended with {ended.code or 0}")
print("heavy:", sorted(set(HEAVY) & sys.modules.keys()))
"""


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_and_mistakes_import_nothing_heavy(name: str) -> None:
    command = [sys.executable, "-c", f"HEAVY = {HEAVY}\n{PROBE}", f"pipelines/{name}", "--help", "foldre=x"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert all(said in answer.stdout for said in ("--help ended with 0", "foldre=x ended with 2", "heavy: []"))
    assert f"python pipelines/{name}" in answer.stdout and f"python pipelines/{name}" in answer.stderr
    assert answer.stderr.count("\n") == 1
