"""Whether what a `_target_` names makes what is asked for, seen before it is called: some come from strangers."""

import inspect
import sys
import typing
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn
from torch.optim import Optimizer

from depthlab.data import ImageSet
from depthlab.recipe import locate
from depthlab.training import CyclicCosine
from depthlab.training.schedules import Schedule

_KINDS: dict[str, type] = {"model": nn.Module, "data": ImageSet, "optimizer": Optimizer, "schedule": CyclicCosine}


def find_target(group: str, path: str) -> Callable[..., Any]:
    """Return the class or function that `group._target_=path` names.

    A class must be a subclass of what the group needs. A function must say so by its annotation; without one it must be
    of one's own code, neither of the standard library nor of an installed package, as `os.system` is.

    Raises:
        ValueError: there is no such name, or it makes something else.
    """
    key = f"{group}._target_"
    target = locate(path, key)
    kind = _KINDS[group]
    function = target.func if isinstance(target, partial) else target
    made = function if isinstance(function, type) else _returned(function)
    if made is None and not isinstance(function, type) and _is_own(function):
        return target
    if (isinstance(made, type) and issubclass(made, kind)) or (group == "schedule" and made == Schedule):
        return target
    name = f"{kind.__module__.partition('.')[0]}.{kind.__name__}"
    raise ValueError(
        f"{key}={path} is not called, as nothing says that it makes a {name}: type a subclass of it, or a function "
        f"whose annotation says that it returns one"
    )


def _returned(function: Callable[..., Any]) -> Any:
    """Return what a function's annotation says that it returns, None where it says nothing."""
    try:
        made = typing.get_type_hints(function).get("return")
    except Exception:  # names that are known to type checkers alone
        return None
    return typing.get_origin(made) if isinstance(typing.get_origin(made), type) and made != Schedule else made


def _is_own(function: Callable[..., Any]) -> bool:
    """Whether a function was written by the person, and not installed."""
    module = inspect.getmodule(function)
    file = getattr(module, "__file__", None)
    if module is None or file is None or module.__name__.partition(".")[0] in (*sys.stdlib_module_names, "depthlab"):
        return False
    return not {"site-packages", "dist-packages"} & {*Path(file).resolve().parts}
