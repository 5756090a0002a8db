"""What the package reads beside its modules is in a wheel too."""

import tomllib
from pathlib import Path

from tests.rules import ROOT

PACKAGE = ROOT / "src" / "depthlab"


def test_every_file_beside_the_modules_is_declared():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    declared = {path for pattern in settings["package-data"]["depthlab"] for path in PACKAGE.glob(pattern)}
    others = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert {path.relative_to(PACKAGE) for path in others - declared} == set[Path]()
    assert PACKAGE / "report" / "templates" / "page.css" in declared
