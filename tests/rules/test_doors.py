"""Whatever can be typed as `depthlab NAME` has a door in the checkout, and the other way round."""

import importlib

from depthlab.commands.entry import command_names
from tests.rules import ROOT
from tests.rules.test_questions import ASKED


def test_each_command_has_a_script() -> None:
    scripts = {path.stem for path in (ROOT / "pipelines").glob("*.py")} | {"train"}
    assert scripts == {*command_names(), *ASKED} - {"sweep"}  # which is train.py -m


def test_each_command_has_a_main() -> None:
    for name in command_names():
        module = importlib.import_module(f"depthlab.commands.{name}")
        assert callable(module.main) and module.__doc__
