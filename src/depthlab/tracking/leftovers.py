"""What processes leave behind that die in the middle of something."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from depthlab.tracking.lock import Lock

# the number of the process is in the name
_OF_PROCESS = re.compile(r"\..+\.(\d+)\.(?:tmp|new)(?:-\w+)?|(?:depthlab-tune|ray)-(\d+)-.+")
_PARTS = {"lock", "status.json", "checkpoints"}  # of a run that was not begun yet: it had no manifest


def find_leftovers(root: Path) -> Iterator[Path]:
    """Yield the files and folders of dead processes: in the store of which `root` holds the runs, and in the temporary
    folder. Nothing depends on them, so they may be deleted.
    """
    store = root.parent
    for place in (store, *root.glob("*"), *root.glob("*/checkpoints"), *store.glob("sweeps/*")):
        yield from (path for path in place.glob(".*") if _is_of_the_dead(path))
    yield from (path for path in Path(tempfile.gettempdir()).glob("*-*") if _is_of_the_dead(path))
    for path in root.glob("*"):
        unnamed = path.is_dir() and not path.name.startswith(".") and {one.name for one in path.iterdir()} <= _PARTS
        if unnamed and not Lock(path / "lock").held_elsewhere():
            yield path


def _is_of_the_dead(path: Path) -> bool:
    match = _OF_PROCESS.fullmatch(path.name)
    number = int(next(filter(None, match.groups()))) if match is not None else os.getpid()
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return False
