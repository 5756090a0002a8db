"""Progress is shown to a person at a terminal, and to no one else."""

import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import final

import pytest

from depthlab.data.progress import ProgressMeter, download_bar, item_bar


@final
class Terminal(io.StringIO):
    """A stream that says of itself that a person looks at it."""

    def isatty(self) -> bool:
        return True


SHOWS: list[Callable[[], AbstractContextManager[ProgressMeter]]] = [
    lambda: item_bar("Decoding", 3),
    lambda: download_bar("Decoding"),
]


@pytest.mark.parametrize("show", SHOWS)
def test_a_terminal_sees_it(
    show: Callable[[], AbstractContextManager[ProgressMeter]], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with show() as meter:
        meter.at(2)
        meter.advance()
    assert "Decoding" in terminal.getvalue()


@pytest.mark.parametrize("show", SHOWS)
def test_a_file_or_pipe_sees_nothing(
    show: Callable[[], AbstractContextManager[ProgressMeter]], capfd: pytest.CaptureFixture[str]
) -> None:
    with show() as meter:
        meter.advance()
    assert capfd.readouterr() == ("", "")
