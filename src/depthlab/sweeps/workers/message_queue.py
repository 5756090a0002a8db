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
class TextLine:
    """A line for a person."""

    text: str


@final
@dataclass(frozen=True)
class StepDone:
    """So many optimizer steps are done."""

    done: int
    total: int


@final
@dataclass(frozen=True)
class EpochDone:
    """An epoch is done; rank 0 waits for an answer: GO_ON, PRUNE, or the signal that stops the run."""

    epoch: int
    metrics: dict[str, float] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class WorkerEnded:
    """How it ended for a process: with the record (rank 0), nothing (the others), or an error."""

    rank: int
    record: RunRecord | None = None
    error: bytes | None = None  # pickled
    message: str = ""

    @classmethod
    def of(cls, rank: int, error: BaseException) -> "WorkerEnded":
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


Message = TextLine | StepDone | EpochDone | WorkerEnded


@final
class MessageQueue:
    """A Ray actor: messages to the trial, and its answers."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[int] = asyncio.Queue()
        self._signum = GO_ON

    async def post(self, message: Message) -> int:
        """Send a message; return GO_ON, or the signal that stops the run."""
        await self._messages.put(message)
        return self._signum

    async def ask(self, message: Message) -> int:
        """Send a message, and wait for the answer to it."""
        await self._messages.put(message)
        return await self._answers.get()

    async def collect(self, seconds: float) -> list[Message]:
        """Return the messages that have come, or come within so many seconds."""
        messages = []
        try:
            messages.append(await asyncio.wait_for(self._messages.get(), seconds))
        except TimeoutError:
            return messages
        while not self._messages.empty():
            messages.append(self._messages.get_nowait())
        return messages

    async def answer(self, value: int) -> None:
        """Answer the message that waits."""
        await self._answers.put(value)

    async def stop(self, signum: int) -> None:
        """Ask the run to stop."""
        self._signum = signum


@final
class RemoteListener:
    """The `ProgressListener` of rank 0: sends steps and epochs to the trial, and learns whether to stop."""

    def __init__(self, queue: Any, interruption: Interruption) -> None:
        self._queue = queue
        self._interruption = interruption
        self._written = 0.0

    def line(self, text: str) -> None:
        self._send(TextLine(text))

    def step(self, done: int, total: int) -> None:
        if time.monotonic() - self._written > SECONDS_BETWEEN_STEPS:
            self._send(StepDone(done, total))
            self._written = time.monotonic()

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        import ray

        answer = ray.get(self._queue.ask.remote(EpochDone(epoch, dict(metrics))))
        if answer == PRUNE:
            raise Pruned
        self._heed(answer)

    def _send(self, message: Message) -> None:
        import ray

        self._heed(ray.get(self._queue.post.remote(message)))

    def _heed(self, answer: int) -> None:
        if answer != GO_ON:
            self._interruption.request_stop(signal.Signals(answer))
