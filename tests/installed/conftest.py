"""depthlab and the template of a person's package as wheels in an environment of their own, outside of the checkout."""

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rules import ROOT


@dataclass(frozen=True)
class Installed:
    """An environment with what was installed, and a folder to work in that is no checkout."""

    programs: Path
    work: Path

    def run(self, *words: str, timeout: float = 300.0) -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment["PATH"] = f"{self.programs}{os.pathsep}{environment['PATH']}"
        environment.pop("MLFLOW_TRACKING_URI", None)
        command = [str(self.programs / words[0]), *words[1:]]
        return subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, timeout=timeout)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build and install both, without a network; libraries are those of this environment."""
    place = tmp_path_factory.mktemp("installed")
    for name in ("src", "conf"):
        shutil.copytree(ROOT / name, place / "depthlab" / name, symlinks=True, ignore=_CACHES)
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, place / "depthlab")
    shutil.copytree(ROOT / "docs" / "template", place / "my-lab", ignore=_CACHES)
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
    for name in ("depthlab", "my-lab"):
        build = ("wheel", *quiet, "--no-build-isolation", "-w", str(place / "wheels"), str(place / name))
        subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    venv.create(place / "env")
    python = place / "env" / "bin" / "python"
    wheels = map(str, (place / "wheels").glob("*.whl"))
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", *quiet, *wheels], check=True)
    [packages] = (place / "env" / "lib").glob("python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "libraries.pth").write_text("\n".join(shared))
    (place / "work").mkdir()
    return Installed(python.parent, place / "work")


_CACHES = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
