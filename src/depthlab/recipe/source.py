"""A hash of the source that computes: a result belongs to the code that made it."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_COMPUTES = ("data", "models", "nn", "training")


@cache
def source_hash() -> str:
    """Return the sha256 over the Python files of the packages that compute a result."""
    return _hash(_PACKAGE, (file for name in _COMPUTES for file in (_PACKAGE / name).rglob("*.py")))


def target_hash(target: str) -> str:
    """Return the sha256 over the source of a person's own package, or module, or nothing where there is none."""
    work_from_here()
    spec = importlib.util.find_spec(target.partition(".")[0])
    if spec is None or spec.origin is None or not spec.has_location:
        return ""
    file = Path(spec.origin)
    return _hash(file.parent, file.parent.rglob("*.py") if spec.submodule_search_locations else [file])


def work_from_here() -> None:
    """Let imports find what lies in the folder that one works in: `python train.py` has only the script's own."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())


def _hash(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()
