"""The words of a tuned sweep: the axis whose value is to be chosen, and the grid that has it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from depthlab.questions.references import SEED
from depthlab.recipe import (
    AXES,
    GROUPS,
    Recipe,
    Space,
    as_typed,
    compose_each,
    did_you_mean,
    override_values,
    read_space,
    without_keys,
)
from depthlab.sweeps.plan.settings import Settings

FACTORS = (0.1, 0.3, 1.0, 3.0)  # of the held value: a coarse logarithmic grid, mostly downward, where deep networks lie
APART = (1000, 1001, 1002)  # the seeds that choose, unless told; the verdict rests on others


@final
@dataclass(frozen=True)
class Tune:
    """What is to be chosen: an axis, and the words of the sweep that has it.

    `held` maps a network (its values of the other axes, see `network_key`) to the value that it would have, `seeds` are
    those that the question asks for, and `choosing` those of the runs that choose.
    """

    key: str
    values: tuple[Any, ...]
    words: tuple[str, ...]
    held: Mapping[str, Any]
    seeds: tuple[int, ...]
    choosing: tuple[int, ...]


def read_tune(own: Mapping[str, str], words: Sequence[str], settings: Settings) -> Tune | None:
    """Return what a pipeline's own keys ask to choose; None if nothing.

    Raises:
        ValueError: there is no such axis, it varies already, or it has no values to choose from.
    """
    if "tune" not in own:
        idle = [key for key in own if key.startswith("tune.")]
        if idle:
            raise ValueError(f"{idle[0]}={own[idle[0]]} does nothing: add tune=learning_rate, or leave it out")
        return None
    key, space = own["tune"], read_space(words, settings.params)
    if key == SEED or key in space.keys:
        what = "is what repetitions differ in" if key == SEED else "varies already"
        raise ValueError(f"tune={key}: {key} {what}; choose an axis that is held, such as tune=learning_rate")
    if settings.search != "grid" or space.intervals:
        raise ValueError(f"tune={key} needs a grid: leave out hydra.sweeper.search and intervals")
    seeds = _seeds(space)
    held = {network_key(_values(recipe, space), key): _held(recipe, key) for recipe in _recipes(space, settings)}
    typed = _texts(own.get("tune.values")) or _grid(key, held)
    choosing = tuple(int(text) for text in _texts(own.get("tune.seed", ",".join(map(str, APART)))) if _is_seed(text))
    mine = without_keys(words, (key, SEED))
    alone = [*typed, *(as_typed(value) for value in held.values())]
    values = f"{key}={','.join(dict.fromkeys(alone))}"
    seed_word = f"{SEED}={','.join(dict.fromkeys(map(str, (*choosing, *seeds))))}"
    wanted = read_space([*mine, values, seed_word], settings.params).choices
    if len(wanted.get(key, ())) < 2:
        raise ValueError(f"tune={key} has one value to choose from, {alone[0]}: type tune.values=... with several")
    return Tune(key, _typed(key, typed, space, settings), (*mine, values, seed_word), held, seeds, choosing)


def network_key(values: Mapping[str, Any], tuned: str) -> str:
    """Return what tells networks apart: their values of all axes but the seed and the tuned one."""
    return json.dumps({key: value for key, value in values.items() if key not in (SEED, tuned)}, sort_keys=True)


def _recipes(space: Space, settings: Settings) -> list[Recipe]:
    """Return the recipes of all combinations; raises the first mistake unless impossible ones are to be skipped."""
    found = []
    for outcome in compose_each(space.combinations()):
        if isinstance(outcome, Recipe):
            found.append(outcome)
        elif settings.impossible == "refuse":
            raise outcome
    if not found:
        raise ValueError("no combination is possible")
    return found


def _values(recipe: Recipe, space: Space) -> dict[str, Any]:
    return {axis: _held(recipe, axis) for axis in space.axes}


def _held(recipe: Recipe, key: str) -> Any:
    """Return the recipe's value of a key, or its option of a group."""
    if key in GROUPS and key in recipe.choices:
        return recipe.choices[key]
    value: Any = recipe.config
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            near = did_you_mean(key, (*AXES, *GROUPS), "tune=")
            raise ValueError(f"tune={key}: there is no such key{near or '; type an axis, such as tune=learning_rate'}")
        value = value[part]
    return value


def _seeds(space: Space) -> tuple[int, ...]:
    held = override_values(space.fixed).get(SEED, "0")
    return tuple(map(int, space.choices.get(SEED, (held,))))


def _grid(key: str, held: Mapping[str, Any]) -> list[str]:
    values = list(dict.fromkeys(json.dumps(value) for value in held.values()))
    numbers = [json.loads(value) for value in values]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) and number > 0 for number in numbers):
        raise ValueError(
            f"tune={key}: it is held at {as_typed(numbers[0])}, of which there are no multiples: type the values, "
            f"tune.values=... with commas between them"
        )
    grid = [factor * number for number in numbers for factor in FACTORS]
    whole = all(isinstance(number, int) for number in numbers)
    return list(dict.fromkeys(str(max(1, round(value))) if whole else f"{value:.6g}" for value in grid))


def _texts(typed: str | None) -> list[str]:
    return [text.strip() for text in typed.split(",") if text.strip()] if typed else []


def _typed(key: str, values: Sequence[str], space: Space, settings: Settings) -> tuple[Any, ...]:
    """Return typed values as configurations have them: composed with the first possible combination."""
    base = next(iter(space.combinations()))
    rest = without_keys(base, (key,))
    found = []
    for recipe in compose_each([[*rest, f"{key}={value}"] for value in values]):
        if isinstance(recipe, ValueError):
            raise recipe
        found.append(_held(recipe, key))
    return tuple(found)


def _is_seed(text: str) -> bool:
    if not text.isdigit():
        raise ValueError(f"tune.seed={text} is not a seed: type a whole number, such as tune.seed={APART}")
    return True
