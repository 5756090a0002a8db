"""Doors of rooms whose furniture is heavy: a name is imported when somebody asks for it."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_exports(package: str, places: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return a `__getattr__` for a package, which imports the module that a name lies in.

    `places` maps modules of the package to the names that they offer. Type checkers don't follow it: the package's
    file imports the same names where `TYPE_CHECKING` is true.
    """
    module_of = {name: module for module, names in places.items() for name in names}

    def find(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return find
