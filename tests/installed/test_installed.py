"""The wheel in an empty folder: the command, its JSON, and a package that adds a model, data and a question."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.installed.conftest import Installed

pytestmark = pytest.mark.slow  # two wheels are built
IMPORTS = """
import sys
sys.argv = ["depthlab", *sys.argv[1:]]
from depthlab.commands.entry import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
SMALL = ("depth=8", "epochs=1", "trainer.threads=1")


def lines_of(answer: "subprocess.CompletedProcess[str]", code: int = 0) -> dict[str, Any]:
    """Return the one line of JSON on standard output."""
    assert answer.returncode == code, answer.stderr
    [line] = answer.stdout.splitlines()
    return dict(json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no strict JSON")))


@pytest.mark.parametrize(
    ("words", "told", "seconds"),
    [
        (("--help",), "degradation", 1.0),
        (("--help",), "How far do seeds alone move the test error? (from my_lab)", 1.0),
        (("lesion", "--help"), "draws", 1.5),
    ],
)
def test_help_is_quick(words: tuple[str, ...], told: str, seconds: float, installed: Installed) -> None:
    before = os.times()
    answer = installed.run("depthlab", *words)
    after = os.times()
    assert answer.returncode == 0 and told in answer.stdout
    assert after.children_user + after.children_system - before.children_user - before.children_system < seconds


def test_help_imports_nothing_heavy(installed: Installed) -> None:
    imported = set(installed.run("python", "-c", IMPORTS, "--help").stderr.split())
    assert "depthlab" in imported
    assert imported & {"torch", "mlflow", "hydra", "omegaconf", "pandas", "ray", "numpy"} == set()


def test_version(installed: Installed) -> None:
    assert installed.run("depthlab", "--version").stdout.startswith("depthlab 0.")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("degradaton",), "there is no command degradaton; did you mean degradation?"),
        (("model=resnet",), "model=resnet says no command: type depthlab train model=resnet"),
        (("train", "detph=20"), "there is no key detph; did you mean depth?"),
        (("predict",), "type depthlab predict run=... images=..."),
        (("report",), "there are no runs in mlruns/runs yet; depthlab train makes one"),
    ],
)
def test_a_mistake_is_one_line(installed: Installed, words: tuple[str, ...], message: str) -> None:
    answer = installed.run("depthlab", *words)
    assert answer.returncode == 2 and answer.stdout == ""
    assert message in answer.stderr and answer.stderr.count("\n") == 1


def test_a_mistake_is_json_too(installed: Installed) -> None:
    told = lines_of(installed.run("depthlab", "train", "depth=9", "--json"), code=2)
    assert told["exit_code"] == 2 and "depth must be 6n+2" in told["error"] and told["runs"] == []


def test_completion_in_bash(installed: Installed) -> None:
    def completed(line: str) -> list[str]:
        script = f'eval "$(depthlab -sc install=bash)"; COMP_LINE="{line}"; _depthlab; echo "${{COMPREPLY[*]}}"'
        environment = os.environ | {"PATH": f"{installed.programs}:{os.environ['PATH']}"}
        return subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True).stdout.split()

    assert completed("depthlab de") == ["degradation"]
    assert {"model=funnel", "model=resnet"} <= set(completed("depthlab train model="))
    assert "batch_norm=" in completed("depthlab lesion ba")
    assert "images=" in completed("depthlab predict ")


def test_a_run_outside_of_the_checkout(installed: Installed) -> None:
    told = lines_of(installed.run("depthlab", "train", "--json", "model=funnel", "data=stripes", *SMALL))
    assert told["command"][:2] == ["depthlab", "train"] and told["exit_code"] == 0
    [run] = told["runs"]
    folder = installed.work / run["folder"]
    assert folder.parent == installed.work / "mlruns" / "runs"
    assert told["metrics"] == run["metrics"] and 0 <= told["metrics"]["test/accuracy"] <= 1
    schema = json.loads(installed.run("depthlab", "schema", "run").stdout)
    jsonschema.validate(json.loads((folder / "record.json").read_text()), schema)
    jsonschema.validate(told, json.loads(installed.run("depthlab", "schema", "outcome").stdout))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"] == ["depthlab", "train", "model=funnel", "data=stripes", *SMALL]


def test_a_question_of_another_package(installed: Installed) -> None:
    words = ("seed=0,1", "epochs=1", "sweep.cpu=0.5", "trainer.threads=1", "tracking=none")
    told = lines_of(installed.run("depthlab", "spread", "--json", *words))
    assert [run["state"] for run in told["runs"]] == ["finished", "finished"]
    [sentence] = told["verdict"]
    assert sentence.startswith("funnel-6: test error ") and "over 2 seeds" in sentence
    assert (installed.work / told["page"]).is_file()
    schema = json.loads(installed.run("depthlab", "schema", "spread").stdout)
    record = json.loads((installed.work / told["record"]).read_text())
    jsonschema.validate(record, schema)
    again = lines_of(installed.run("depthlab", "judge", f"record={Path(told['page']).parent}", "--json"))
    assert again["verdict"] == told["verdict"]
