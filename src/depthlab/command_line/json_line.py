"""`--json`: one line of JSON on standard output, all else on standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO

from depthlab.invocation import kept_outcome, recorded_call

FLAG = "--json"
_ERRORS = {3: "trials are missing", 130: "stopped by SIGINT", 143: "stopped by SIGTERM"}


@contextmanager
def json_if_asked() -> Iterator[None]:
    """Where `--json` was typed, print what the command reports as one line when it ends, however it ends."""
    if FLAG not in sys.argv[1:]:
        yield
        return
    sys.argv[:] = [word for word in sys.argv if word != FLAG]  # the rest is a command like any other
    with _standard_output_aside() as out:
        try:
            yield
            code, error = 0, None
        except SystemExit as ended:
            code, error = _told(ended)
        except BaseException as bug:
            print(_line(1, f"{type(bug).__name__}: {bug}"), file=out)
            raise
        print(_line(code, error), file=out)
    raise SystemExit(code)


def _line(code: int, error: str | None) -> str:
    return kept_outcome(command=recorded_call(), exit_code=code, error=error).to_line()


def _told(ended: SystemExit) -> tuple[int, str | None]:
    code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    cause = " ".join(str(ended.__cause__).split()) if ended.__cause__ is not None else None
    return code, cause or _ERRORS.get(code)


@contextmanager
def _standard_output_aside() -> Iterator[TextIO]:
    """Yield standard output, while everything that this process and its children print goes to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr), os.fdopen(os.dup(kept), "w", encoding="utf-8") as out:
            yield out
    finally:
        os.dup2(kept, 1)
        os.close(kept)
