"""A thread that sends to a store what is new, and goes on trying while the store is away."""

import threading
import time
from collections.abc import Callable
from typing import final

from depthlab.records import redact


@final
class Sender:
    """Sends every few seconds beside what computes; at the end once more, until all has arrived or patience is over.

    Whatever goes wrong in sending must not end the training or the sweep: the last error is kept in `trouble`.
    """

    def __init__(self, send: Callable[[bool], None], *, name: str, every: float) -> None:
        """Nothing happens before `start`.

        Args:
            send: Sends what is new, and returns when all has arrived; its argument says whether this is the end. Called
                in the thread, and again after an error.
            name: Of the thread.
            every: Seconds between two sendings; `pause` may be changed by `send`.
        """
        self.pause = every
        self.trouble: Exception | None = None
        self._send = send
        self._asked, self._ending = threading.Event(), threading.Event()
        self._deadline = 0.0
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin, in the background; returns at once."""
        self._thread.start()

    @property
    def reason(self) -> str:
        """What went wrong last, in one line and without passwords."""
        return " ".join(redact(str(self.trouble)).split())[:200] or type(self.trouble).__name__

    def note_answer(self) -> None:
        """Let `wait_for_answer` return before the first sending is over; for `send` to call."""
        self._asked.set()

    def wait_for_answer(self) -> None:
        """Wait until the store was asked the first time, whether or not it was there."""
        self._asked.wait()

    def end(self, patience: float) -> None:
        """Let the thread send the rest, for so many seconds while the store is away; returns at once."""
        self._deadline = time.monotonic() + patience
        self._ending.set()

    def wait(self, slow: float = 20.0) -> bool:
        """Wait until the thread has ended; False where a store is so slow that it has not `slow` seconds after that."""
        assert self._ending.is_set(), "wait comes after end"
        self._thread.join(max(0.0, self._deadline + slow - time.monotonic()))
        if self._thread.is_alive():
            self.trouble = TimeoutError("it is slow")
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            ending = self._ending.is_set()
            done = self._attempt(ending)
            self._asked.set()
            if ending and (done or time.monotonic() > self._deadline):
                return
            if ending:
                time.sleep(0.5)
            else:
                self._ending.wait(self.pause)

    def _attempt(self, ending: bool) -> bool:
        try:
            self._send(ending)
        except Exception as error:
            self.trouble = error
            return False
        return True
