"""The metrics of a run, one JSON line at a time, in a file that is only ever appended to."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.records import Damaged, seal, unseal, write_atomically
from depthlab.tracking.damage import set_aside

_TAIL_LINES = 2000


@final
@dataclass(frozen=True, slots=True)
class JournalLine:
    """Some metrics of one step."""

    time: int  # milliseconds since 1970
    step: int
    epoch: int
    values: dict[str, float]


@final
@dataclass(frozen=True, slots=True)
class Resumption:
    """A note that the run went on from a checkpoint: lines before it, of later steps, don't count any more."""

    time: int
    step: int


@final
class Journal:
    """Append-only metrics of one run; the truth that an MLflow store shows.

    Each line ends in a checksum (`seal`), so that a damaged one is seen. It goes to the kernel at once, so that
    SIGKILL loses none; it may only tear the last one, which is cut off when the journal is written to again. Appending
    costs some 20 microseconds; `seconds` adds them up.
    A resumed run does not rewrite the file: it notes from which step it goes on, and `read` leaves out what was
    computed twice.

    One thread writes; any number of threads and processes may read meanwhile.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 0.0  # time spent in `append` by this process
        self._file: int | None = None
        self._size = 0

    def append(self, values: Mapping[str, float], *, step: int, epoch: int) -> None:
        """Write the metrics of one step.

        Args:
            values: Metric -> number; NaN and infinities are kept.
            step: Optimizer steps done so far. A metric has one value a step.
            epoch: Epochs begun or done, as the caller counts them.

        Raises:
            OSError: The disk is full, for instance. Earlier lines stay whole, and no part of this one stays.
        """
        begin = time.perf_counter()
        line = {
            "time": time.time_ns() // 1_000_000,
            "step": int(step),
            "epoch": int(epoch),
            "values": {name: float(value) for name, value in values.items()},
        }
        self._write(line)
        self.seconds += time.perf_counter() - begin

    def drop_after(self, step: int) -> None:
        """Note that the run goes on after `step`: what was written of later steps doesn't count any more."""
        self._write({"time": time.time_ns() // 1_000_000, "resumed_after": int(step)})

    def flush(self) -> None:
        """Wait until the disk has every line: to be called before a checkpoint is written, which counts on them."""
        if self._file is not None:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file; it is opened again by the next `append`."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def read(self, from_line: int = 0) -> list[JournalLine]:
        """Return the lines that count, oldest first, without the first `from_line` of them. Raises `Damaged`."""
        lines: list[JournalLine] = []
        for entry in self._entries():
            if isinstance(entry, Resumption):
                lines = [line for line in lines if line.step <= entry.step]
            else:
                lines.append(entry)
        return lines[from_line:]

    @property
    def size(self) -> int:
        """Bytes of the whole lines that there are."""
        if self._file is not None:
            return self._size
        if not self.path.exists():
            return 0
        with self.path.open("rb") as stream:
            return _end_of_last_line(stream.fileno())

    def cut_damage(self) -> Damaged | None:
        """Keep the lines before the first damaged one; the file as it was goes aside. Nothing happens to a whole one.

        Returns:
            What was found, None if the journal is whole.
        """
        offset = 0
        try:
            for raw in self._raw_lines():
                self._parse(raw, offset)
                offset += len(raw)
        except Damaged as damaged:
            self.close()
            whole = self.path.read_bytes()[:offset]
            set_aside(self.path)
            write_atomically(self.path, whole)
            return damaged
        return None

    @property
    def resumptions(self) -> int:
        """How often the run went on after it was cut off."""
        return sum(isinstance(entry, Resumption) for entry in self._entries())

    def tail(
        self, offset: int, *, limit: int = _TAIL_LINES, end: int | None = None
    ) -> tuple[list[JournalLine | Resumption], int]:
        """Return up to `limit` whole entries as they were written, and the offset behind them.

        Args:
            offset: Byte at which the first of them begins.
            limit: How many at most.
            end: Byte at which to stop; None for the end of the file.
        """
        entries: list[JournalLine | Resumption] = []
        for raw in self._raw_lines(offset):
            if len(entries) == limit or offset == end:
                break
            entries.append(self._parse(raw, offset))
            offset += len(raw)
        return entries, offset

    def _raw_lines(self, offset: int = 0) -> Iterator[bytes]:
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            stream.seek(offset)
            for raw in stream:
                if not raw.endswith(b"\n"):  # it is being written now, or was torn by a kill
                    return
                yield raw

    def _entries(self) -> list[JournalLine | Resumption]:
        entries: list[JournalLine | Resumption] = []
        offset = 0
        while True:
            more, offset = self.tail(offset)
            if not more:
                return entries
            entries += more

    def _parse(self, raw: bytes, offset: int) -> JournalLine | Resumption:
        try:
            entry = unseal(raw)
            if "resumed_after" in entry:
                return Resumption(entry["time"], entry["resumed_after"])
            return JournalLine(entry["time"], entry["step"], entry["epoch"], entry["values"])
        except (KeyError, ValueError) as error:
            raise Damaged(self.path, error, where=f" at byte {offset}") from error

    def _write(self, entry: dict[str, object]) -> None:
        raw = seal(json.dumps(entry, ensure_ascii=False, separators=(",", ":"))).encode()
        file = self._open()
        try:
            written = os.write(file, raw)
            while written < len(raw):
                written += os.write(file, raw[written:])
        except BaseException:
            os.ftruncate(file, self._size)
            raise
        self._size += len(raw)

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._size = _end_of_last_line(self._file)
            os.ftruncate(self._file, self._size)
        return self._file


def _end_of_last_line(file: int) -> int:
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - 4096)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
