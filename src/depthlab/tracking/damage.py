"""What is said about damaged files, once each, and where they go."""

import os
import sys
from pathlib import Path

from depthlab.records import Damaged

_told: set[str] = set()


def tell_damage(damaged: Damaged) -> None:
    """Say on standard error which file is damaged, the first time that this process meets it."""
    if str(damaged) not in _told:
        _told.add(str(damaged))
        print(damaged, file=sys.stderr)


def set_aside(file: Path) -> Path:
    """Give a damaged file a name under which nothing reads it, and return that; nothing is ever deleted."""
    aside, copies = file.with_name(f"{file.name}.damaged"), 1
    while aside.exists():
        copies += 1
        aside = file.with_name(f"{file.name}.damaged-{copies}")
    os.replace(file, aside)
    return aside
