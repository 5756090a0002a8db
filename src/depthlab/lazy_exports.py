"""Lazy exports: a package lists its public names, and each is imported when it is first used."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_exports(package: str, names_by_module: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return a package's `__getattr__`, which imports the module that defines a name.

    `names_by_module` maps the package's modules to the names that they export. Type checkers can't follow this, so the
    package's `__init__.py` imports the same names under `TYPE_CHECKING`.
    """
    module_of = {name: module for module, names in names_by_module.items() for name in names}

    def import_name(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return import_name
