"""One skeleton with each kind of a part, at the width at which it costs as much as the skeleton itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from depthlab.questions.equal_cost.candidates import check_axes, rung_name
from depthlab.questions.equal_cost.matching import match_budget
from depthlab.recipe import Recipe, compose
from depthlab.runs import ImageShape, build_untrained
from depthlab.sweeps.plan.costs import Measuring

CHANNEL = 1 / 16  # of width: one channel of the first stage
NARROWEST, WIDEST = 2, 128  # channels of the first stage between which widths are looked for
COARSEST = 32  # channels between two widths, at most
POSSIBLE = (8, 16, 32, 64)  # channels of which a kind can have some, if it can have any


@final
@dataclass(frozen=True)
class Kind:
    """A kind in a slot, or the skeleton with neither: its recipe and the words that choose its network."""

    slot: str
    kind: str
    recipe: Recipe
    words: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name that reads `activation=gelu`; the skeleton's is `resnet-8`."""
        return f"{self.slot}={self.kind}" if self.slot else rung_name(self.recipe)

    @property
    def width(self) -> float:
        """The factor on the channels."""
        return float(self.recipe.config["width"])


@final
class VariantSearch:
    """Finds widths of equal cost."""

    def __init__(self, fixed: Sequence[str], measuring: Measuring, match: str) -> None:
        """Read the skeleton. Raises `ValueError` if it has no depth or width as a number."""
        self._fixed, self._measuring, self._match = tuple(fixed), measuring, match
        recipe = compose(self._fixed)
        check_axes(recipe, ("depth", "width"))
        own = dict(word.split("=", 1) for word in self._fixed if word.startswith(("model.", "parts.")))
        words = {"model": recipe.choices["model"]} | {axis: str(recipe.config[axis]) for axis in ("depth", "width")}
        self.skeleton = Kind("", "", recipe, words | own)
        self.budget = self.cost(self.skeleton)

    def cost(self, kind: Kind) -> float:
        """Return what is to be equal."""
        return float(getattr(self._measuring.cost(kind.recipe), self._match))

    def counts(self, kind: Kind) -> tuple[int, int]:
        """Return parameters and multiply-adds."""
        cost = self._measuring.cost(kind.recipe)
        return cost.parameters, cost.multiply_adds

    def structure(self, kind: Kind) -> str:
        """Return the layers of a network as text: two that have the same are the same network."""
        facts = self._measuring.facts(kind.recipe)
        shape = ImageShape(facts.channels, facts.image_size, facts.num_classes)
        return repr(build_untrained(kind.recipe, shape))

    def find(self, slot: str, kind: str) -> Kind:
        """Return the skeleton with the kind in the slot, at the width whose cost is the nearest to the skeleton's.

        Widths go by channels of the first stage, or by as many as a kind needs, such as its groups.

        Raises:
            ValueError: the skeleton can't have the kind at any width, with what it said of its own.
        """
        words = {**self.skeleton.words, f"parts.{slot}": kind}
        kept = [word for word in self._fixed if word.partition("=")[0] not in words]
        composed = Kind(slot, kind, compose([*kept, *(f"{key}={value}" for key, value in words.items())]), words)
        first = self._first(composed)
        step = next((step for step in range(1, COARSEST) if self._exists(_wide(composed, first + step))), COARSEST)

        def costs(place: int) -> float | None:
            found = _wide(composed, first + place * step)
            return self.cost(found) if self._exists(found) else None

        return _wide(composed, first + match_budget(costs, self.budget).place * step)

    def _first(self, kind: Kind) -> int:
        own = round(self.skeleton.width / CHANNEL)
        if not any(self._exists(_wide(kind, channels)) for channels in (own, *POSSIBLE)):
            self._measuring.cost(kind.recipe)  # raises what is wrong with it
        return next(channels for channels in range(NARROWEST, WIDEST) if self._exists(_wide(kind, channels)))

    def _exists(self, kind: Kind) -> bool:
        try:
            self._measuring.cost(kind.recipe)
        except ValueError:
            return False
        return True


def _wide(kind: Kind, channels: int) -> Kind:
    """Return the kind with so many channels in the first stage of a network that has 16 at width 1."""
    width = channels * CHANNEL
    number = int(width) if width == int(width) else width
    config = kind.recipe.config | {"width": number, "model": kind.recipe.config["model"] | {"width": number}}
    return replace(kind, recipe=replace(kind.recipe, config=config), words={**kind.words, "width": json.dumps(number)})
