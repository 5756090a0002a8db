"""pyproject.toml declares what the code imports and nothing else; the lock pins all of it, on every platform."""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.rules import ROOT
from tests.rules.imports import imports_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Called by name from the Makefile, the hooks and a notebook.
PROGRAMS = {"ipykernel", "ruff", "mypy", "pre-commit", "pytest-xdist", "psycopg2-binary"}
# Imported by a library that doesn't bring it along itself.
BEHIND = {"psutil", "nvidia-ml-py"}  # MLflow's collectors of system metrics
BEHIND |= {"scikit-learn"}  # its file of digits is read without importing it
OURS = {"depthlab", "hydra_plugins", "train", "pipelines", "benchmarks", "tests", "tools", "largest_weights"}
OURS |= {file.stem for folder in ("pipelines", "benchmarks") for file in (ROOT / folder).glob("*.py")}  # side by side


def declared(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def imported(*places: str) -> set[str]:
    """Distributions that the files under `places` import from."""
    files = [file for place in places for file in python_files(ROOT / place)]
    tops = {found.top for file in files for found in imports_of(file, ROOT)}
    providers = installed()
    foreign = tops - set(sys.stdlib_module_names) - OURS - {""}
    assert foreign <= providers.keys(), f"imported, yet not installed: {foreign - providers.keys()}"
    candidates = ({canonicalize_name(name) for name in providers[top]} for top in foreign)
    # Several distributions may share a package (mlflow and mlflow-skinny do): the declared one is meant.
    return {min(names & (RUNTIME | DEV) or names) for names in candidates}


@cache
def installed() -> Mapping[str, list[str]]:
    """Return which distributions bring each package; reading all their lists of files takes a second."""
    return metadata.packages_distributions()


def python_files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


RUNTIME = declared(PROJECT["dependencies"])
DEV = declared(PROJECT["optional-dependencies"]["dev"])
PRODUCT = ("src", "train.py", "pipelines", "benchmarks")


def test_what_the_product_imports_is_declared():
    assert imported(*PRODUCT) - RUNTIME == set()


def test_what_is_declared_is_imported():
    assert RUNTIME - imported(*PRODUCT) == BEHIND
    assert DEV - PROGRAMS - imported("tests") == set()


def test_what_tests_import_is_declared():
    assert imported("tests") - RUNTIME - DEV == set()


def test_setup_needs_nothing_but_python():
    assert imported("tools/setup.py") == set()


# --- the lock ---

LOCK_LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in LOCK_LINES if "==" in line}
PLATFORMS = [
    {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": system, "platform_system": name}
    | {"platform_machine": machine, "os_name": "posix", "implementation_name": "cpython"}
    | {"platform_python_implementation": "CPython"}
    for python, (system, name, machine) in product(
        ["3.11", "3.12", "3.13"],
        [("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64")],
    )
]


def test_every_line_of_the_lock_is_a_pin_that_any_build_fits():
    pins = [line for line in LOCK_LINES if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*", line)] == []
    assert PINS["torch"] == "2.13.0"


@pytest.mark.parametrize("text", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]])
def test_the_lock_meets_what_is_declared(text: str):
    requirement = Requirement(text)
    assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)])


def test_the_lock_is_complete_on_every_platform():
    """Whatever an installed distribution may need, on a Python or system that isn't this one too, is pinned."""
    missing, seen, queue = set(), set(), [(name, "") for name in RUNTIME | DEV]
    while queue:
        name, extra = queue.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        if name not in PINS:
            missing.add(name)
            continue
        queue.extend(needs(name, extra))
    assert missing == set()


def needs(name: str, extra: str) -> list[tuple[str, str]]:
    """The distributions, with their extras, that the installed `name` asks for on any platform.

    What a build of torch pins by itself (NVIDIA's libraries, triton) needs no line in the lock.
    """
    found = []
    if name == "appnope":  # of macOS alone, so it isn't installed here; it needs nothing
        return []
    for text in metadata.requires(name) or []:
        need = Requirement(text)
        wanted = any(need.marker is None or need.marker.evaluate(where | {"extra": extra}) for where in PLATFORMS)
        if wanted and not (name == "torch" and "==" in str(need.specifier)):
            found += [(canonicalize_name(need.name), option) for option in ("", *need.extras)]
    return found
