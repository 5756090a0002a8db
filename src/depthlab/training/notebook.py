"""A line of progress in a notebook's cell, which has no terminal."""

import sys
import time
from importlib import import_module
from typing import Any, final

_SECONDS = 0.5  # between two updates


@final
class NotebookLine:
    """One line below the cell, written over; nothing outside of notebooks."""

    def __init__(self) -> None:
        self._shell = _notebook_shell()
        self._display: Any = None
        self._shown = 0.0

    @property
    def there(self) -> bool:
        """Whether this process computes a notebook's cells."""
        return self._shell is not None

    def show(self, text: str, *, last: bool = False) -> None:
        """Write the line; between two updates half a second passes, but for the last one."""
        now = time.monotonic()
        if not self.there or (now - self._shown < _SECONDS and not last):
            return
        self._shown = now
        plain = {"text/plain": text}
        if self._display is None:
            show = import_module("IPython.display").display  # there, as its kernel computes this
            self._display = show(plain, raw=True, display_id=True)
        else:
            self._display.update(plain, raw=True)


def _notebook_shell() -> Any:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell if shell is not None and "ipykernel" in sys.modules else None
