"""How a command ends: one line and exit code 2 for a person's mistake, a traceback for ours."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import NoReturn, Protocol, runtime_checkable

MISTAKE = 2  # exit code, as argparse has it


@runtime_checkable
class _Stopped(Protocol):
    """What training raises when a signal stops it."""

    signum: int


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """End the command in good order, whatever is raised inside.

    `ValueError` and `OSError` are a person's: one line on stderr, exit code 2. Ctrl-C and SIGTERM: one line, exit code
    130 and 143. All else is ours and keeps its traceback, as does everything where HYDRA_FULL_ERROR=1 asks for it.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # `python train.py --help | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(MISTAKE) from None
    except (ValueError, OSError) as error:
        if wants_traceback() or is_bug(error):
            raise
        fail(error)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            _stop(signal.SIGINT)
        if isinstance(error, _Stopped):
            _stop(error.signum)
        raise


def wants_traceback() -> bool:
    """Tell whether the person asked for tracebacks, as Hydra's users do."""
    return os.environ.get("HYDRA_FULL_ERROR") == "1"


def fail(error: Exception) -> NoReturn:
    """Say what is wrong on one line of stderr, and exit with code 2."""
    with suppress(OSError):  # nobody may be there to read it
        print(f"error: {text_of(error)}", file=sys.stderr)
    raise SystemExit(MISTAKE) from error


def text_of(error: Exception) -> str:
    """Return what is wrong on one line."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    # a terminal would obey control characters, which what was typed or read may have
    line = "".join(one if one.isprintable() else repr(one)[1:-1] for one in " ".join(text.split()))
    return line or type(error).__name__


def is_stopped(error: BaseException) -> bool:
    """Tell whether Ctrl-C or SIGTERM raised this."""
    return isinstance(error, _Stopped)


def _stop(signum: int) -> NoReturn:
    with suppress(OSError):
        print("stopped; the same command continues a run that had begun", file=sys.stderr)
    raise SystemExit(128 + signum)


def is_bug(error: BaseException) -> bool:
    """Tell whether a library raised this in the middle of training: no way of typing does that."""
    modules = list(_modules(error.__traceback__))
    return any(name.startswith("pytorch_lightning") for name in modules) and not modules[-1].startswith("depthlab")


def _modules(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        yield str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
