"""A person's own network: find it, and hand it what it takes."""

import importlib
import inspect
import os
from collections.abc import Callable, Collection
from typing import Any

from depthlab.recipe.key_rules import OFF_VALUES
from depthlab.recipe.override import Override
from depthlab.recipe.recipe import Recipe
from depthlab.recipe.source import work_from_here
from depthlab.recipe.wording import as_typed

_SHARED = ("depth", *OFF_VALUES)  # axes that are arguments of the model


def locate(path: str, key: str = "model._target_") -> Callable[..., Any]:
    """Import the class or function that a dotted path names, also from the folder that one works in.

    Raises:
        ValueError: there is no such module, or it has no such name. What goes wrong inside of the module comes out.
    """
    work_from_here()
    module_name, _, name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name) if module_name else None
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise  # the module is there, and imports another one that is not
        raise ValueError(
            f"{key}={path}: there is no module {error.name}; it must be installed, or lie in {os.getcwd()}"
        ) from error
    target: object = None if module is None else getattr(module, name, None)
    if not callable(target):
        raise ValueError(f"{key}={path}: {_why_not_callable(path)}")
    return target


def _why_not_callable(path: str) -> str:
    """Return what a dotted path names that is neither class nor function, and what to type."""
    module_name, _, name = path.rpartition(".")
    try:
        found = vars(importlib.import_module(path))
    except ModuleNotFoundError:
        problem = f"{module_name} has no class or function {name!r}" if module_name else "it has no module"
        return f"{problem}; type package.module.Name"
    mine = [key for key, value in found.items() if callable(value) and getattr(value, "__module__", "") == path]
    return f"it is a module; type {path}.{mine[0] if mine else 'Name'}, a class or function in it"


def model_arguments(
    recipe: Recipe, target: Callable[..., Any], *, num_classes: int, in_channels: int, image_size: int
) -> dict[str, Any]:
    """Return the arguments for the model's constructor.

    A model of this house gets all that its group holds, and the images' size if it asks for it. A person's own gets
    what its signature takes of it.

    Raises:
        ValueError: the model can't take what was typed, or a person's own lacks an argument that has no default.
    """
    given = {key: value for key, value in recipe.config["model"].items() if not key.startswith("_")}
    given |= {"num_classes": num_classes, "in_channels": in_channels}
    if recipe.foreign or "image_size" in inspect.signature(target).parameters:
        given["image_size"] = image_size
    if not recipe.foreign:
        for slot, value in recipe.parts.items() if "parts" not in given else ():
            raise ValueError(f"parts.{slot}={as_typed(value)} does nothing: {recipe.choices['model']} takes no parts")
        return given
    name = recipe.config["model"]["_target_"]
    taken = _parameters(target, given.keys() & {key for key, _ in _typed_for_model(recipe)})
    _check_refused(recipe, name, taken)
    arguments = {key: value for key, value in given.items() if key in taken}
    lacking = [key for key, needed in taken.items() if needed and key not in arguments]
    if lacking:
        raise ValueError(f"{name} needs {', '.join(lacking)}: type +model.{lacking[0]}=...")
    return arguments


def _check_refused(recipe: Recipe, name: str, taken: dict[str, bool]) -> None:
    """Refuse what was typed for the model, and axes that are not off, where the model does not take them."""
    hint = f"{name} takes {', '.join(taken) or 'no arguments'}"
    for key, word in _typed_for_model(recipe):
        if key not in taken and key not in OFF_VALUES:
            raise ValueError(f"{word} does nothing: {hint}; leave it out")
    for axis, off in OFF_VALUES.items():
        value = recipe.config[axis]
        if value != off and axis not in taken:
            raise ValueError(f"{axis}={as_typed(value)} does nothing: {hint}; type {axis}={off}")
    for slot, value in recipe.parts.items():
        if "parts" not in taken:
            raise ValueError(f"parts.{slot}={as_typed(value)} does nothing: {hint}, not parts; type parts.{slot}=null")


def _typed_for_model(recipe: Recipe) -> list[tuple[str, str]]:
    """Return the model's arguments that were typed, each with the word that set it: depth and `depth=56`."""
    typed = [(Override.parse(word).key, word) for word in recipe.overrides if not word.startswith("~")]
    mine = [(key.removeprefix("model."), word) for key, word in typed if key.startswith("model.") or key in _SHARED]
    return [(key, word) for key, word in mine if not key.startswith("_")]


def _parameters(target: Callable[..., Any], typed: Collection[str]) -> dict[str, bool]:
    """Return the names that can be handed to the target, and whether each must be; `**kwargs` takes what was typed."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    found = inspect.signature(target).parameters.values()
    taken = {item.name: item.default is inspect.Parameter.empty for item in found if item.kind in named}
    takes_all = any(item.kind is inspect.Parameter.VAR_KEYWORD for item in found)
    return dict.fromkeys(typed, False) | taken if takes_all else taken
