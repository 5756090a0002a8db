"""A hash of the source that computes: a result belongs to the code that made it."""

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_COMPUTES = ("data", "models", "nn", "training")


@cache
def source_hash() -> str:
    """Return the sha256 over the Python files of the packages that compute a result."""
    digest = hashlib.sha256()
    for package in _COMPUTES:
        for file in sorted((_PACKAGE / package).rglob("*.py")):
            digest.update(file.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()
