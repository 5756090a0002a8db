"""The pipelines as programs: a person's mistake is answered soon."""

import json
import subprocess
import sys

import pytest

from tests.rules import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "pipelines").glob("*.py"))
HEAVY = ("torch", "mlflow", "pytorch_lightning", "matplotlib")


PROBE = """
import contextlib, io, json, runpy, sys
found = {}
for script in sys.argv[1:]:
    codes, out, err = [], io.StringIO(), io.StringIO()
    for word in ("--help", "foldre=x"):
        sys.argv = [script, word]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                runpy.run_path(script, run_name="__main__")
            except SystemExit as ended:
                codes.append(ended.code or 0)
    found[script] = (codes, out.getvalue(), err.getvalue(), sorted(set(HEAVY) & sys.modules.keys()))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[list[int], str, str, list[str]]]:
    """Run all scripts in one process, cold: script -> exit codes, output, errors, and what is imported by then."""
    command = [sys.executable, "-c", f"HEAVY = {HEAVY}\n{PROBE}", *(f"pipelines/{name}" for name in SCRIPTS)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return {script: tuple(found) for script, found in json.loads(answer.stdout).items()}


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_and_mistakes_import_nothing_heavy(
    name: str, answers: dict[str, tuple[list[int], str, str, list[str]]]
) -> None:
    codes, out, err, heavy = answers[f"pipelines/{name}"]
    assert codes == [0, 2] and heavy == []
    assert f"python pipelines/{name}" in out and f"python pipelines/{name}" in err
    assert err.count("\n") == 1
