"""Stop in good order: Ctrl-C and SIGTERM let the step under way finish and its checkpoint be written."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self, final


@final
class Interrupted(BaseException):
    """A person or the system asked the run to stop. No `Exception`, so that no handler takes it for a failure."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum

    def __reduce__(self) -> tuple[type[Self], tuple[int]]:
        return type(self), (self.signum,)  # it may come from another process


@final
class Pruned(BaseException):
    """Who watches the run has seen enough of it: other runs are better at this epoch."""


@final
class Interruption:
    """A context in which SIGINT and SIGTERM are noted, for the training loop to act on between two steps.

    Outside of the training loop (`deferred` is false), and at the second signal, `Interrupted` is raised at once.
    In a thread, where no signal arrives, `ask` does what a signal would.
    """

    def __init__(self) -> None:
        self.signum: int | None = None
        self.deferred = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        for signum in (signal.SIGINT, signal.SIGTERM):
            self._previous[signum] = signal.signal(signum, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum, handler in self._previous.items():
            signal.signal(signum, handler)

    def listen(self) -> None:
        """Take signals back from who has put a handler of its own before this one.

        Lightning's waits for other processes in the middle of whatever was going on, and so for ever (2.6).
        """
        for signum in self._previous:
            signal.signal(signum, self._note)

    def ask(self, signum: signal.Signals = signal.SIGTERM) -> None:
        """Ask the run to stop after the step under way, from any thread."""
        self.signum = int(signum)

    def _note(self, signum: int, frame: FrameType | None) -> None:
        second = self.signum is not None
        self.signum = signum
        if second or not self.deferred:
            raise Interrupted(signum)

    def raise_if_asked(self) -> None:
        """Raise `Interrupted` if a signal has come."""
        if self.signum is not None:
            raise Interrupted(self.signum)
