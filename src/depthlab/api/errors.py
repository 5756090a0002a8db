"""What ends a call: a person's mistake is one exception type, and nothing exits the process."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import final

from depthlab.command_line import is_bug, is_stopped, text_of
from depthlab.invocation import called_as


@final
class UserError(ValueError):
    """What was asked can't be: one line with what was given, what is allowed and what to write instead."""


@contextmanager
def calling(name: str, words: Sequence[str]) -> Iterator[None]:
    """Do what `depthlab NAME WORDS` does; a mistake is a `UserError`, and what stops a run a `KeyboardInterrupt`."""
    with called_as(name, words):
        try:
            yield
        except UserError:
            raise
        except (ValueError, OSError) as error:
            if is_bug(error):
                raise
            raise UserError(text_of(error)) from error
        except SystemExit as ended:
            raise UserError(f"depthlab {name} ended with exit code {ended.code}; the lines above say why") from ended
        except BaseException as error:
            if is_stopped(error):
                raise KeyboardInterrupt("stopped; the same call continues a run that had begun") from error
            raise


def warn(text: str) -> None:
    """Warn where the call stands that a person wrote."""
    warnings.warn(text, stacklevel=4)
