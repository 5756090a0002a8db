"""The networks that words of a sweep span, each built once to see that it can be had; nothing is trained."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

from depthlab.questions.references import network_name
from depthlab.recipe import Recipe, Space, compose_each, read_space
from depthlab.runs import ImageShape
from depthlab.sweeps.plan.settings import Settings


@final
@dataclass(frozen=True)
class Untrained:
    """A network: its recipe, the images it is for, the words that choose it and its values on the axes that vary."""

    recipe: Recipe
    shape: ImageShape
    words: tuple[str, ...]
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The name that reads `resnet-56`, with what else varies `resnet-56 width=2`."""
        return network_name(self.recipe, self.values)


@final
@dataclass
class Networks:
    """What can be had, in the order of the words, and what can't, each with its reason."""

    found: list[Untrained]
    left_out: list[str]
    axes: tuple[str, ...]


def span_networks(words: Sequence[str], settings: Settings, shape_of: Callable[[Recipe], ImageShape]) -> Networks:
    """Return the networks of every combination; all are built on the meta device before anything else happens.

    Raises:
        ValueError: in one line, for a combination that can't be had, unless sweep.impossible=skip; or where two
            combinations make the same network, as something varies that no network has.
    """
    from depthlab.runs import build_untrained

    space = read_space(words, settings.params)
    networks = Networks([], [], space.axes)
    known: dict[str, Untrained] = {}
    for words_of_one, outcome in zip(space.combinations(), compose_each(space.combinations()), strict=True):
        try:
            if isinstance(outcome, ValueError):
                raise outcome
            one = _untrained(outcome, words_of_one, space, shape_of)
            build_untrained(one.recipe, one.shape)
        except ValueError as error:
            reason = str(error) if error is outcome else f"{error} (in {' '.join(words_of_one)})"
            if settings.impossible == "refuse":
                raise ValueError(reason) from error
            networks.left_out.append(reason)
            continue
        _check_new(one, known)
        networks.found.append(one)
    if not networks.found:
        raise ValueError(f"no combination is possible: {networks.left_out[0]}")
    return networks


def _untrained(
    recipe: Recipe, words: tuple[str, ...], space: Space, shape_of: Callable[[Recipe], ImageShape]
) -> Untrained:
    values = dict(_values(recipe, space))
    return Untrained(recipe, shape_of(recipe), words, values)


def _values(recipe: Recipe, space: Space) -> Iterator[tuple[str, Any]]:
    for axis in space.axes:
        if axis in recipe.choices:
            yield axis, recipe.choices[axis]
            continue
        value: Any = recipe.config
        for part in axis.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            yield axis, value


def _check_new(one: Untrained, known: dict[str, Untrained]) -> None:
    """See that no combination before has made the same network."""
    key = json.dumps([one.recipe.config["model"], one.shape.image, one.shape.classes], sort_keys=True)
    if key in known:
        other = known[key]
        differing = [axis for axis in one.values if one.values[axis] != other.values.get(axis)]
        axis = differing[0] if differing else "what varies"
        raise ValueError(
            f"{axis}={other.values.get(axis)} and {axis}={one.values.get(axis)} make the same network: type one of them"
        )
    known[key] = one
