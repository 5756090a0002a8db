"""A lock that the kernel gives back when its process dies, so that a run killed with SIGKILL is known to be dead."""

import fcntl
import os
import time
import weakref
from pathlib import Path
from typing import final


@final
class Lock:
    """An exclusive lock on a file, held by one object in one process at a time.

    It rests on `flock`, which is bound to the open file and ends with the last process that has it open. Children
    made by `fork` (data loading workers) inherit open files, so they close theirs at once: they must not keep a
    dead run alive.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        _locks.add(self)

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def acquire(self, patience: float = 0.5) -> bool:
        """Take the lock; False if someone else still holds it after `patience` seconds."""
        assert not self.held, f"the lock {self._path} is taken already"
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + patience
        while not _try_lock(file, fcntl.LOCK_EX):
            # Someone who only looks whether the lock is held takes it for an instant: worth a second try.
            if time.monotonic() > deadline:
                os.close(file)
                return False
            time.sleep(0.02)
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens if it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def held_elsewhere(self) -> bool:
        """Whether another process, or another object of this one, holds the lock."""
        if self.held:
            return False
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            # Shared, so that two that look at the same time don't take each other for the owner.
            return not _try_lock(file, fcntl.LOCK_SH)
        finally:
            os.close(file)


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_locks: weakref.WeakSet[Lock] = weakref.WeakSet()


def _let_go_in_child() -> None:
    # Closing a copy of the open file leaves the parent's lock in place; unlocking it would not.
    for lock in _locks:
        lock.release()


os.register_at_fork(after_in_child=_let_go_in_child)
