"""What was typed, and how another command is typed in the same place."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_CALL: ContextVar[tuple[str, ...] | None] = ContextVar("_CALL", default=None)  # None: a script of the checkout
_SCRIPTS = {"train": "train.py"}  # the others are in pipelines/


@contextmanager
def called_as(name: str, words: Sequence[str]) -> Iterator[None]:
    """Take what happens inside as the command `depthlab NAME WORDS`, wherever it comes from."""
    token = _CALL.set(("depthlab", name, *words))
    try:
        yield
    finally:
        _CALL.reset(token)


def called() -> tuple[str, ...]:
    """Return the command as it was typed: `python train.py depth=56` or `depthlab train depth=56`, word by word."""
    return _CALL.get() or ("python", *sys.argv)


def program() -> str:
    """Return the part of the command before its words: `python train.py` or `depthlab train`."""
    return shlex.join(called()[:2])


def command(name: str, *words: str) -> str:
    """Return how another command is typed here: `python pipelines/rerun.py RUN`, or `depthlab rerun RUN`."""
    script = _SCRIPTS.get(name, f"pipelines/{name}.py")
    first = ("python", script) if _CALL.get() is None else ("depthlab", name)
    return shlex.join((*first, *words))
