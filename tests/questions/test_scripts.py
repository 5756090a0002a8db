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


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_and_mistakes_import_nothing_heavy(name: str) -> None:
    probe = (
        "import runpy, sys\n"
        f"sys.argv = ['pipelines/{name}', sys.argv[1]]\n"
        f"try: runpy.run_path('pipelines/{name}', run_name='__main__')\n"
        f"finally: print('heavy:', sorted(set({HEAVY}) & sys.modules.keys()))\n"
    )
    for word, code in (("--help", 0), ("foldre=x", 2)):
        answer = subprocess.run([sys.executable, "-c", probe, word], cwd=ROOT, capture_output=True, text=True)
        assert answer.returncode == code, answer.stderr
        assert "heavy: []" in answer.stdout
        assert f"python pipelines/{name}" in answer.stdout + answer.stderr
        assert "Traceback" not in answer.stderr
