"""A port that can't be is one line, before anything is started."""

from tests.commands import run_command
from tests.rules import ROOT


def test_a_port_that_no_machine_has_is_refused() -> None:
    answer = run_command(ROOT / "pipelines/dashboard.py", "port=99999")
    assert answer.returncode == 2 and answer.stderr.count("\n") == 1
    assert answer.stderr.startswith("error: port=99999: there are ports up to 65535")
