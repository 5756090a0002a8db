"""Graceful stop: at a signal the current step finishes and its checkpoint is written."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self, final

# Ctrl-C, the end of a job, a terminal that is closed, a scheduler's warning, and Ctrl-\\
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGQUIT)


@final
class Interrupted(BaseException):
    """The user or the system stopped the run. Not an `Exception`, so that no handler takes it for a failure."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum

    def __reduce__(self) -> tuple[type[Self], tuple[int]]:
        return type(self), (self.signum,)  # it may come from another process


@final
class Pruned(BaseException):
    """The listener stopped the run, because other runs are better at this epoch."""


@final
class Interruption:
    """A context that records the signals that stop, for the training loop to act on between two steps.

    Outside the training loop (`deferred` is false), and at a second signal, `Interrupted` is raised at once.
    In a thread, where no signal arrives, `request_stop` does what a signal would.
    """

    def __init__(self) -> None:
        self.signum: int | None = None
        self.deferred = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        for signum in STOPPING:
            if signum == signal.SIGHUP and signal.getsignal(signum) == signal.SIG_IGN:
                continue  # by nohup
            self._previous[signum] = signal.signal(signum, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum, handler in self._previous.items():
            signal.signal(signum, handler)

    def reinstall_handlers(self) -> None:
        """Restore these handlers after another library has replaced them.

        Lightning's handler (2.6) waits for other processes in the middle of an operation, and so forever.
        """
        for signum in self._previous:
            signal.signal(signum, self._on_signal)

    def request_stop(self, signum: signal.Signals = signal.SIGTERM) -> None:
        """Request a stop after the current step, from any thread."""
        self.signum = int(signum)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        second = self.signum is not None
        self.signum = signum
        if second or not self.deferred:
            raise Interrupted(signum)

    def raise_if_requested(self) -> None:
        """Raise `Interrupted` if a stop was requested."""
        if self.signum is not None:
            raise Interrupted(self.signum)
