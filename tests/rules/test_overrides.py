"""Overrides are taken apart in one place: elsewhere they are `Override`, `override_values(...)` or a recipe's value."""

import re

from tests.rules import ROOT

TAKES_APART = re.compile(r"""(partition|split)\(["']="|strip\(["'][+~]+["']\)""")
ALLOWED = (
    "src/depthlab/recipe/override.py",
    "src/depthlab/published/twins.py",  # options in a table, which nobody types
    "src/depthlab/tracking/mlflow_metrics.py",  # of a manifest, where recipes are not known
)


def test_overrides_are_taken_apart_in_one_place() -> None:
    files = [file for folder in ("src", "pipelines", "benchmarks") for file in (ROOT / folder).rglob("*.py")]
    found = [
        f"{name}:{number}: {line.strip()}"
        for file in sorted(files)
        if (name := file.relative_to(ROOT).as_posix()) not in ALLOWED
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if TAKES_APART.search(line)
    ]
    assert found == []
    assert all(TAKES_APART.search((ROOT / name).read_text(encoding="utf-8")) for name in ALLOWED)
