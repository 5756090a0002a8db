"""Networks along one axis, each a step deeper, wider or of more cardinality than the one before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

from depthlab.recipe import Recipe
from depthlab.sweeps.plan.costs import Measuring

DEPTH, WIDTH, CARDINALITY = "depth", "width", "cardinality"
WIDEST_STEP = 24  # layers: no family here has its depths farther apart
# widths are multiples of one channel of the first stage: 16 in networks for CIFAR, 64 in ResNeXt's stem
_CHANNELS = {CARDINALITY: 64}
_FEWEST_CHANNELS = 16


@final
@dataclass(frozen=True)
class Candidate:
    """A network: its recipe, the words that choose it, and its values on the axes that its family has."""

    recipe: Recipe
    words: Mapping[str, str]

    @property
    def family(self) -> str:
        """The model's name."""
        return self.recipe.choices["model"]

    @property
    def values(self) -> dict[str, float]:
        """Depth, width and cardinality as numbers."""
        model = self.recipe.config["model"]
        return {axis: float(model[axis]) for axis in (DEPTH, WIDTH, CARDINALITY) if axis in model}

    @property
    def name(self) -> str:
        """The name that reads `resnet-14`, `resnet-14 width 2` or `resnext-11 8x4d`, see `rung_name`."""
        return rung_name(self.recipe)


@final
class CandidateAxis:
    """The networks along an axis, from a base network upward; place 0 is the base."""

    def __init__(self, base: Candidate, axis: str, measuring: Measuring) -> None:
        """Look for the step of the axis.

        Raises:
            ValueError: the family does not have the axis, the base lists its stages, or no network is deeper.
        """
        check_axes(base.recipe, (axis,))
        self.base, self.axis, self._measuring = base, axis, measuring
        self._from = base.recipe.config["model"][axis]
        self._step = self._find_step()

    def rung(self, place: int) -> Candidate | None:
        """Return the network at a place; None where the family has none."""
        rung = self._at(self._from + place * self._step) if place else self.base
        return rung if self._exists(rung) else None

    def _find_step(self) -> float:
        if self.axis == WIDTH:
            return 1 / _CHANNELS.get(CARDINALITY if CARDINALITY in self.base.values else "", _FEWEST_CHANNELS)
        if self.axis == CARDINALITY:
            return 1
        for step in range(1, WIDEST_STEP + 1):
            if self._exists(self._at(self._from + step)):
                return step
        raise ValueError(
            f"{self.base.name} has no deeper network in its family: type a smaller depth, or another model"
        )

    def _at(self, value: float) -> Candidate:
        number = int(value) if value == int(value) else value
        key = f"model.{CARDINALITY}" if self.axis == CARDINALITY else self.axis
        return Candidate(_changed(self.base.recipe, self.axis, number), {**self.base.words, key: json.dumps(number)})

    def _exists(self, rung: Candidate) -> bool:
        try:
            self._measuring.cost(rung.recipe)
        except ValueError:
            return False
        return True


def check_axes(recipe: Recipe, axes: tuple[str, ...]) -> None:
    """See that a recipe's network has each axis as a number. Raises `ValueError`."""
    model, family = recipe.config["model"], recipe.choices["model"]
    for axis in axes:
        if axis not in model:
            raise ValueError(f"model={family} has no {axis} to vary: type a model that has, such as model=resnet")
        if not isinstance(model[axis], int | float):
            listed = json.dumps(model[axis], separators=(",", ":"))
            raise ValueError(f"{axis}={listed} can't be raised step by step: type one number, such as {axis}=2")


def rung_name(recipe: Recipe) -> str:
    """Return a network's name: family and depth, a width that isn't 1, cardinality and channels of a group."""
    model = recipe.config["model"]
    name, width = f"{recipe.choices['model']}-{model[DEPTH]}", model.get(WIDTH, 1)
    if CARDINALITY in model:
        name += f" {model[CARDINALITY]}x{round(model['group_width'] * width)}d"
    return name if width == 1 else f"{name} width {width:.4g}"


def _changed(recipe: Recipe, axis: str, value: float) -> Recipe:
    config: dict[str, Any] = recipe.config | {"model": recipe.config["model"] | {axis: value}}
    return replace(recipe, config=config | ({axis: value} if axis in config else {}))
