"""`--json`: exactly one line on standard output, whatever the command comes to, and strict JSON."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from depthlab.invocation import Outcome, kept_outcome, report
from tests.commands import run_command
from tests.rules import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "pipelines").glob("*.py"))
MISTAKES = """
import contextlib, runpy, sys
for script in sys.argv[1:]:
    sys.argv = [script, "nonsense=1", "--json"]
    with contextlib.suppress(SystemExit):
        runpy.run_path(script, run_name="__main__")
"""
NOISY = """
import os, subprocess, sys
from depthlab.command_line import run_command
from depthlab.invocation import report
def command():
    print("from print")
    os.write(1, b"from the descriptor\\n")
    subprocess.run(["echo", "from a child"], check=True)
    report(metrics={"test/loss": float("nan")})
    ENDING
sys.argv = ["noisy.py", "--json", "depth=8"]
run_command(command)
"""


def line_of(answer: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """Return the one line."""
    [line] = answer.stdout.splitlines()
    return dict(json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not strict JSON")))


def test_every_pipeline_answers_a_mistake_with_one_line() -> None:
    command = [sys.executable, "-c", MISTAKES, *(f"pipelines/{name}" for name in SCRIPTS), "train.py"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [one["command"] for one in lines] == [
        ["python", script, "nonsense=1"] for script in (*(f"pipelines/{name}" for name in SCRIPTS), "train.py")
    ]
    assert {one["exit_code"] for one in lines} == {2} and all(one["error"] for one in lines)


@pytest.mark.parametrize(
    ("ending", "code", "error"),
    [
        ("pass", 0, None),
        ("raise ValueError('no luck')", 2, "no luck"),
        ("raise SystemExit(3)", 3, "trials are missing"),
        ("raise TypeError('ours')", 1, "TypeError: ours"),
        ("raise KeyboardInterrupt", 130, "stopped by SIGINT"),
    ],
)
def test_nothing_else_is_on_standard_output(ending: str, code: int, error: str | None) -> None:
    answer = run_command("-c", NOISY.replace("ENDING", ending))
    told = line_of(answer)
    assert answer.returncode == told["exit_code"] == code and told["error"] == error
    assert told["metrics"] == {"test/loss": None} and told["command"] == ["python", "noisy.py", "depth=8"]
    assert {"from print", "from the descriptor", "from a child"} <= set(answer.stderr.splitlines())


@pytest.mark.slow
def test_a_sweep_tells_mean_and_spread_over_seeds(tmp_path: Path) -> None:
    words = ("-m", "model=plain", "depth=8", "seed=0,1", "epochs=1", "tracking=none", "trainer.threads=1", "--json")
    code = "from tests.sweeps.in_turn import run_script; run_script('train.py')"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    answer = run_command("-c", code, *words, f"tracking.folder={tmp_path}/runs", env=environment)
    told = line_of(answer)
    assert told["exit_code"] == 0 and [run["values"] for run in told["runs"]] == [{"seed": 0}, {"seed": 1}]
    [setting] = told["details"]["settings"]
    errors = [100 * (1 - run["metrics"]["test/accuracy"]) for run in told["runs"]]
    assert setting["test_error"]["n"] == 2
    assert setting["test_error"]["std"] == pytest.approx(statistics.stdev(errors))
    low, high = setting["test_error"]["interval"]
    assert (low + high) / 2 == pytest.approx(statistics.mean(errors))


def test_what_was_reported_is_told_once() -> None:
    report(verdict=("Yes.",), page="a")
    report(page="b")
    assert kept_outcome(command=("x",)) == Outcome(("x",), verdict=("Yes.",), page="b")
    assert kept_outcome(command=("x",)) == Outcome(("x",))
