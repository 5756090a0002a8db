"""Networks along one axis, each a step deeper, wider or of more cardinality than the one before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from depthlab.recipe import Recipe, compose, override_values

DEPTH, WIDTH, CARDINALITY = "depth", "width", "cardinality"


@final
@dataclass(frozen=True)
class Candidate:
    """A network: its recipe, and the overrides that choose it."""

    recipe: Recipe
    overrides: Mapping[str, str]

    @property
    def family(self) -> str:
        """The model's name."""
        return self.recipe.choices["model"]

    @property
    def values(self) -> dict[str, float]:
        """Depth, width and cardinality as numbers, as far as the family has them."""
        model = self.recipe.config["model"]
        return {axis: float(model[axis]) for axis in (DEPTH, WIDTH, CARDINALITY) if axis in model}

    @property
    def name(self) -> str:
        """The name that reads `resnet-14`, `resnet-14 width 2` or `resnext-11 8x4d`, see `candidate_name`."""
        return candidate_name(self.recipe)

    def with_value(self, axis: str, value: float) -> "Candidate":
        """Return the network with another value on an axis; nobody checks that the family has it."""
        number = int(value) if value == int(value) else value
        config = self.recipe.config | {"model": self.recipe.config["model"] | {axis: number}}
        if axis in config:
            config[axis] = number
        key = f"model.{CARDINALITY}" if axis == CARDINALITY else axis
        return Candidate(replace(self.recipe, config=config), {**self.overrides, key: json.dumps(number)})


@final
@dataclass(frozen=True)
class CandidateAxis:
    """The networks from a base upward: each `step` more on the axis than the one before, the base at place 0."""

    base: Candidate
    name: str
    step: float

    def candidate(self, place: int) -> Candidate:
        """Return the network at a place; nobody checks that the family has it."""
        if place == 0:
            return self.base
        return self.base.with_value(self.name, self.base.values[self.name] + place * self.step)


def base_candidate(fixed: Sequence[str], axes: Sequence[str], groups: Sequence[str] = ("model",)) -> Candidate:
    """Return the network from which others are found along the axes.

    Args:
        fixed: The overrides of a sweep in which seeds alone vary.
        axes: The network has each as a number.
        groups: Of keys that choose the network too, if they are among the overrides: `model` for `model.group_width`.

    Raises:
        ValueError: the network lacks an axis.
    """
    recipe = compose(fixed)
    check_axes(recipe, axes)
    overrides = {"model": recipe.choices["model"]} | {key: f"{recipe.config['model'][key]}" for key in (DEPTH, WIDTH)}
    prefixes = tuple(f"{group}." for group in groups)
    return Candidate(recipe, overrides | override_values(one for one in fixed if one.startswith(prefixes)))


def check_axes(recipe: Recipe, axes: Sequence[str]) -> None:
    """See that a recipe's network has each axis as a number. Raises `ValueError`."""
    model, family = recipe.config["model"], recipe.choices["model"]
    for axis in axes:
        if axis not in model:
            raise ValueError(f"model={family} has no {axis} to vary: type a model that has, such as model=resnet")
        if not isinstance(model[axis], int | float):
            listed = json.dumps(model[axis], separators=(",", ":"))
            raise ValueError(f"{axis}={listed} can't be raised step by step: type one number, such as {axis}=2")


def candidate_name(recipe: Recipe) -> str:
    """Return a network's name: family and depth, a width that isn't 1, cardinality and channels of a group."""
    model = recipe.config["model"]
    name, width = f"{recipe.choices['model']}-{model[DEPTH]}", model.get(WIDTH, 1)
    if CARDINALITY in model:
        name += f" {model[CARDINALITY]}x{round(model['group_width'] * width)}d"
    return name if width == 1 else f"{name} width {width:.4g}"
