"""A line of progress in a notebook's cell, which has no terminal."""

import sys
import time
import uuid
from typing import Any, final

_SECONDS = 0.5  # between two updates


@final
class NotebookLine:
    """One line below the cell, written over; nothing outside of notebooks."""

    def __init__(self) -> None:
        self._shell = _notebook_shell()
        self._transient = {"display_id": uuid.uuid4().hex}
        self._shown: float | None = None

    @property
    def there(self) -> bool:
        """Whether this process computes a notebook's cells."""
        return self._shell is not None

    def show(self, text: str, *, last: bool = False) -> None:
        """Write the line; between two updates half a second passes, but for the last one."""
        now = time.monotonic()
        if not self.there or (self._shown is not None and now - self._shown < _SECONDS and not last):
            return
        update = self._shown is not None
        self._shown = now
        self._shell.display_pub.publish({"text/plain": text}, transient=self._transient, update=update)


def _notebook_shell() -> Any:
    """Return IPython's shell where a kernel runs it; this process then has both already."""
    ipython = sys.modules.get("IPython") if "ipykernel" in sys.modules else None
    return None if ipython is None else ipython.get_ipython()
