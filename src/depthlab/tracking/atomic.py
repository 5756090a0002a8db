"""Files that are either the old or the new version whole, whatever happens in between."""

import os
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
    neighbor = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with neighbor.open("wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        os.replace(neighbor, path)
    except BaseException:
        neighbor.unlink(missing_ok=True)
        raise
