"""`make setup`: what it asks pip for. The script itself runs in .ci/run; here pip is not called."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.rules import ROOT

INDEX = "http://127.0.0.1:1/whl/cpu"
REPORT = '{"install": [{"metadata": {"requires_dist": ["filelock", "%s"]}}]}'


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/setup.py as it would run in another folder, with pip and venv replaced by a list of calls."""
    specification = importlib.util.spec_from_file_location("setup_tool", ROOT / "tools" / "setup.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    venv = tmp_path / ".venv"
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    places = {"ROOT": tmp_path, "VENV": venv, "STAMP": venv / "setup.json", "CONSTRAINTS": venv / "constraints.txt"}
    for name, path in places.items():
        monkeypatch.setattr(module, name, path)
    module.calls = []
    module.report = REPORT % "sympy"

    def run(command: Sequence[str], **_: object) -> SimpleNamespace:
        if "--dry-run" in command:
            return SimpleNamespace(returncode=0, stdout=module.report)
        module.calls.append(list(command))
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "bin" / "python").touch()
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(module, "subprocess", SimpleNamespace(run=run, PIPE=-1, DEVNULL=-3))
    monkeypatch.setattr(module, "lacks_gpu", lambda: True)
    return module


def make(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, *options: str) -> list[list[str]]:
    setup.calls.clear()
    monkeypatch.setattr(sys, "argv", ["setup.py", *options])
    setup.main()
    return list(setup.calls)


def test_first_time_then_nothing_then_what_changed(setup: ModuleType, monkeypatch: pytest.MonkeyPatch):
    venv, project = make(setup, monkeypatch)
    assert venv[1:] == ["-m", "venv", "--clear", str(setup.VENV)]
    assert project[-1] == f"{setup.ROOT}[dev]" and "--index-url" not in project
    assert make(setup, monkeypatch) == []

    lock = setup.ROOT / "constraints.txt"
    lock.write_text(lock.read_text() + "extra==1\n")
    [again] = make(setup, monkeypatch)
    assert again == project
    assert "extra==1" in setup.CONSTRAINTS.read_text() and "torch==" in setup.CONSTRAINTS.read_text()


def test_a_chosen_index_gives_torch_and_is_remembered(setup: ModuleType, monkeypatch: pytest.MonkeyPatch):
    _, torch, project = make(setup, monkeypatch, "--torch-index", INDEX)
    assert torch[torch.index("--index-url") + 1] == INDEX and torch[-1] == "torch==2.13.0" and "--no-deps" in torch
    assert project[project.index("--extra-index-url") + 1] == INDEX
    assert not re.search("^(torch|setuptools)==", setup.CONSTRAINTS.read_text(), re.MULTILINE)
    assert "torchmetrics==" in setup.CONSTRAINTS.read_text()
    assert make(setup, monkeypatch) == []

    lock = setup.ROOT / "constraints.txt"
    lock.write_text(lock.read_text() + "extra==1\n")
    [again] = make(setup, monkeypatch)
    assert again == project  # and torch stays what it is


def test_a_wheel_file_can_be_torch(setup: ModuleType, monkeypatch: pytest.MonkeyPatch):
    make(setup, monkeypatch)
    torch, _ = make(setup, monkeypatch, "--torch", "torch-2.11.0-cp311.whl")
    assert torch[-1] == "torch-2.11.0-cp311.whl" and "--force-reinstall" in torch and "--index-url" not in torch


@pytest.mark.parametrize(
    ("need", "gpu", "noted"),
    [("nvidia-cudnn-cu13==9", False, True), ("nvidia-x", True, False), ("sympy", False, False)],
)
def test_gigabytes_are_announced(
    setup: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    need: str,
    gpu: bool,
    noted: bool,
):
    setup.report = REPORT % need
    monkeypatch.setattr(setup, "lacks_gpu", lambda: not gpu)
    make(setup, monkeypatch)
    assert ("make setup TORCH_INDEX=ADDRESS" in capsys.readouterr().err) is noted


def test_what_fails_is_tried_again(setup: ModuleType, monkeypatch: pytest.MonkeyPatch):
    run = setup.subprocess.run
    broken = SimpleNamespace(run=lambda command, **_: SimpleNamespace(returncode=1), PIPE=-1, DEVNULL=-3)
    monkeypatch.setattr(setup, "subprocess", broken)
    with pytest.raises(SystemExit, match="stopped at"):
        make(setup, monkeypatch)
    monkeypatch.setattr(setup, "subprocess", SimpleNamespace(run=run, PIPE=-1, DEVNULL=-3))
    assert len(make(setup, monkeypatch)) == 2


def test_options_reach_the_script():
    command = ["make", "--no-print-directory", "--dry-run", "setup"]
    options = ["PYTHON=python3.12", f"TORCH_INDEX={INDEX}", "TORCH=torch==2.11.0", "EXTRAS="]
    # The tests themselves may run under make, which hands its own options down.
    above = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    said = subprocess.run([*command, *options], cwd=ROOT, env=above, capture_output=True, text=True, check=True).stdout
    expected = f'python3.12 tools/setup.py --torch "torch==2.11.0" --torch-index "{INDEX}" --extras ""'
    assert said.strip() == expected


# --- the container ---

DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
COPIED = [
    source
    for line in re.findall(r"^COPY (?:--\S+ )*(.+)$", DOCKERFILE, flags=re.MULTILINE)
    for source in line.split()[:-1]
]


@pytest.mark.parametrize("source", COPIED)
def test_the_container_copies_what_is_there(source: str):
    assert (ROOT / source).exists()
    assert f"!{source}\n" in (ROOT / ".dockerignore").read_text(encoding="utf-8")


def test_the_container_is_set_up_like_any_machine():
    assert {"pyproject.toml", "constraints.txt", "Makefile", "tools", "src", "conf", "train.py"} <= set(COPIED)
    assert re.search(r'^RUN .*make setup EXTRAS=cluster TORCH_INDEX="\$TORCH_INDEX"$', DOCKERFILE, flags=re.MULTILINE)
    assert DOCKERFILE.index("\nUSER depthlab") < DOCKERFILE.index("make setup")
    assert DOCKERFILE.rstrip().endswith('ENTRYPOINT ["python", "train.py"]')
