"""What the processes of a team, and the trial that waits for them, say to each other."""

import asyncio
import pickle
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from depthlab.records import RunRecord
from depthlab.training import Interruption, Pruned

SECONDS_BETWEEN_STEPS = 0.5  # between two reports of steps
GO_ON, PRUNE = 0, -1  # answers


@final
@dataclass(frozen=True)
class Line:
    """A line for a person."""

    text: str


@final
@dataclass(frozen=True)
class Step:
    """So many optimizer steps are done."""

    done: int
    total: int


@final
@dataclass(frozen=True)
class Epoch:
    """An epoch is done; the leader waits for an answer: GO_ON, PRUNE, or the signal by which the run shall stop."""

    epoch: int
    metrics: dict[str, float] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class End:
    """How it ended for a member: with the record (the leader), nothing (the others), or an error."""

    rank: int
    record: RunRecord | None = None
    error: bytes | None = None  # pickled
    message: str = ""

    @classmethod
    def of(cls, rank: int, error: BaseException) -> "End":
        """Return the end by an error."""
        try:
            pickled = pickle.dumps(error)
            pickle.loads(pickled)
        except Exception:  # some errors take other arguments than they keep
            pickled = None
        return cls(rank, error=pickled, message=f"{type(error).__name__}: {error}")

    def raised(self) -> BaseException:
        """Return the error, or one that says the same."""
        if self.error is not None:
            try:
                error: BaseException = pickle.loads(self.error)
            except Exception:  # its class is not known here
                return RuntimeError(self.message)
            return error
        return RuntimeError(self.message)


Message = Line | Step | Epoch | End


@final
class MessageQueue:
    """An actor: letters to the trial, and its answers."""

    def __init__(self) -> None:
        self._letters: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[int] = asyncio.Queue()
        self._signum = GO_ON

    async def post(self, letter: Message) -> int:
        """Send a letter; returns GO_ON, or the signal by which the run shall stop."""
        await self._letters.put(letter)
        return self._signum

    async def ask(self, letter: Message) -> int:
        """Send a letter, and wait for the answer to it."""
        await self._letters.put(letter)
        return await self._answers.get()

    async def collect(self, seconds: float) -> list[Message]:
        """Return the letters that have come, or come within so many seconds."""
        letters = []
        try:
            letters.append(await asyncio.wait_for(self._letters.get(), seconds))
        except TimeoutError:
            return letters
        while not self._letters.empty():
            letters.append(self._letters.get_nowait())
        return letters

    async def answer(self, value: int) -> None:
        """Answer the letter that waits."""
        await self._answers.put(value)

    async def stop(self, signum: int) -> None:
        """Ask the run to stop."""
        self._signum = signum


@final
class RemoteListener:
    """The leader's `ProgressListener`: writes to the trial of steps and epochs, and hears whether to stop."""

    def __init__(self, mailbox: Any, interruption: Interruption) -> None:
        self._mailbox = mailbox
        self._interruption = interruption
        self._written = 0.0

    def line(self, text: str) -> None:
        self._send(Line(text))

    def step(self, done: int, total: int) -> None:
        if time.monotonic() - self._written > SECONDS_BETWEEN_STEPS:
            self._send(Step(done, total))
            self._written = time.monotonic()

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        import ray

        answer = ray.get(self._mailbox.ask.remote(Epoch(epoch, dict(metrics))))
        if answer == PRUNE:
            raise Pruned
        self._heed(answer)

    def _send(self, letter: Message) -> None:
        import ray

        self._heed(ray.get(self._mailbox.post.remote(letter)))

    def _heed(self, answer: int) -> None:
        if answer != GO_ON:
            self._interruption.request_stop(signal.Signals(answer))
