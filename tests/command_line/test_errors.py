"""How a command ends: whose error it is decides what is shown."""

import errno
import signal
import types
from typing import Any

import pytest

from depthlab.command_line.errors import errors_in_one_line


class Stopped(BaseException):
    """As training raises it."""

    signum = signal.SIGTERM


def ending(error: BaseException) -> int | str | None:
    with pytest.raises(SystemExit) as ended, errors_in_one_line():
        raise error
    return ended.value.code


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("depth=57\n  can't be"), "error: depth=57 can't be\n"),
        (ValueError(), "error: ValueError\n"),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "x.png"),
            "error: No such file or directory: x.png\n",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "error: No space left on device\n"),
        (ConnectionError("no server at 127.0.0.1"), "error: no server at 127.0.0.1\n"),
    ],
)
def test_a_persons_mistake_is_one_line(error: Exception, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(error) == 2
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (Stopped(), 143)])
def test_a_signal_is_one_line(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(error) == code
    assert capsys.readouterr().err == "stopped; the same command continues a run that had begun\n"


@pytest.mark.parametrize("error", [TypeError("ours"), RuntimeError("ours"), SystemExit(7)])
def test_our_own_error_comes_out(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(type(error)), errors_in_one_line():
        raise error
    assert capsys.readouterr().err == ""


def test_tracebacks_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(ValueError, match="mine"), errors_in_one_line():
        raise ValueError("mine")


def run_as(module: str, code: str, **names: Any) -> None:
    """Run code as if it stood in the module."""
    space = types.ModuleType(module).__dict__ | names
    exec(code, space)


def test_a_librarys_error_in_the_middle_of_training_is_no_mistake_in_typing() -> None:
    def training(inner: str) -> None:
        library = f"run_as({inner!r}, 'raise ValueError(1)')"
        run_as("pytorch_lightning.trainer", library, run_as=run_as)

    with pytest.raises(ValueError, match="1"), errors_in_one_line():
        training("torch.nn.functional")
    with pytest.raises(SystemExit), errors_in_one_line():
        training("depthlab.training.reporting")
