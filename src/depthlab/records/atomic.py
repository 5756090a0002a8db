"""Files that are either the old or the new version whole, whatever happens in between."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, content: str | bytes, *, durable: bool = True) -> None:
    """Write `content` to `path` through a neighbor and a rename, so that no reader and no crash sees half a file.

    Args:
        path: The file; its folder must exist.
        content: What it holds afterwards; text in UTF-8.
        durable: Wait until the disk has it. Off for files that are written every few seconds and can be rebuilt.

    Raises:
        OSError: The disk is full or the folder can't be written; the old file is then untouched.
    """
    with replacing(path, durable=durable) as neighbor:
        neighbor.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path, *, durable: bool = True, former: Path | None = None) -> Iterator[Path]:
    """Yield the path of a neighbor to write, which replaces `path` if all went well.

    Args:
        path: The file; its folder must exist.
        durable: Wait until the disk has it, and its name.
        former: Where the old version goes, if there is one; it is dropped otherwise.

    Raises:
        OSError: The disk is full, for instance; it names `path`, and the old file is then untouched.
    """
    neighbor = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield neighbor
        if durable:
            sync(neighbor)
        if former is not None and path.exists():
            os.replace(path, former)
        os.replace(neighbor, path)
        if durable:
            sync(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        neighbor.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
