"""What was typed, and how another command is typed in the same place."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from depthlab.records import redact

_CALL: ContextVar[tuple[str, ...] | None] = ContextVar("_CALL", default=None)  # None: a script of the checkout
_CHECKOUT = Path(__file__).resolve().parents[3]
_SCRIPTS = {"train": "train.py"}  # the others are in pipelines/


@contextmanager
def called_as(name: str, words: Sequence[str]) -> Iterator[None]:
    """Take what happens inside as the command `depthlab NAME WORDS`, wherever it comes from."""
    with standing_for(("depthlab", name, *words)):
        yield


@contextmanager
def standing_for(call: Sequence[str]) -> Iterator[None]:
    """Take what happens inside as a command, word by word: that of a trial, whose process nobody typed."""
    token = _CALL.set(tuple(call))
    try:
        yield
    finally:
        _CALL.reset(token)


def called() -> tuple[str, ...]:
    """Return the command as it was typed: `python train.py depth=56` or `depthlab train depth=56`, word by word."""
    return _CALL.get() or ("python", *sys.argv)


def recorded_call() -> tuple[str, ...]:
    """Return the command as it may be written down and shown: without passwords."""
    return tuple(map(redact, called()))


def train_call(overrides: Sequence[str]) -> tuple[str, ...]:
    """Return the command that trains one run, word by word, as commands are typed here."""
    first = ("depthlab", "train") if called()[:1] == ("depthlab",) else ("python", _SCRIPTS["train"])
    return (*first, *overrides)


def program() -> str:
    """Return the part of the command before its words: `python train.py` or `depthlab train`."""
    return shlex.join(called()[:2])


def command(name: str, *words: str) -> str:
    """Return how another command is typed here: `python pipelines/rerun.py RUN`, or `depthlab rerun RUN`.

    It works when it is pasted in the shell that prints it, be the environment activated or not.
    """
    script = _CHECKOUT / _SCRIPTS.get(name, f"pipelines/{name}.py")
    here = called()[:1] != ("depthlab",) and script.is_file()
    first = (_program("python"), _from_here(script)) if here else (_program("depthlab"), name)
    return shlex.join((*first, *words))


def again(typed: Sequence[str]) -> str:
    """Return a command that was typed, as `called` gives it, so that it works in the shell that prints it."""
    return shlex.join((_program(typed[0]), *typed[1:])) if typed[:1] else ""


def _program(name: str) -> str:
    """Return a program of this environment as it is typed here."""
    file = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    known = name not in ("python", "depthlab") or (found is not None and Path(found).parent == file.parent)
    return name if known or not file.exists() else _from_here(file)


def _from_here(file: Path) -> str:
    return os.path.relpath(file) if file.is_relative_to(Path.cwd()) else str(file)
