"""Checks each recipe of a sweep on the driver, before anything starts."""

import json
import sys
from typing import Any, final

from depthlab.recipe import Recipe, Space
from depthlab.sweeps.plan.trial import Trial


@final
class RecipeChecker:
    """Loads the images of each data set once, and builds each network once, on the meta device."""

    def __init__(self) -> None:
        self._facts: dict[str, Any] = {}
        self._errors: dict[str, ValueError | None] = {}

    def check(self, overrides: tuple[str, ...], recipe: Recipe, space: Space) -> Trial | ValueError:
        """Return the trial of a composed recipe, or why it is not possible."""
        from depthlab.run import resolve

        try:
            facts = self.facts(recipe)
            self._check_network(recipe, facts)
            resolved, fingerprint = resolve(recipe, facts)
        except ValueError as error:
            return ValueError(f"{error} (in {' '.join(overrides)})")
        values = {axis: recipe.value(axis) for axis in space.axes if _has(recipe, axis)}
        met = {"data_checksum": facts.checksum, "precision": resolved.config["trainer"]["precision"]}
        return Trial(-1, overrides, values, resolved, fingerprint, resolved.former_fingerprints(**met))

    def facts(self, recipe: Recipe) -> Any:
        """Return the facts of the recipe's images, which are loaded once."""
        from depthlab.run import look_at_images

        key = json.dumps(recipe.config["data"], sort_keys=True)
        if key not in self._facts:
            self._facts[key] = facts = look_at_images(recipe)
            if facts.test_note:
                print(facts.test_note, file=sys.stderr, flush=True)
        return self._facts[key]

    def _check_network(self, recipe: Recipe, facts: Any) -> None:
        from depthlab.run import check_on_images

        key = json.dumps([recipe.config["model"], recipe.config["data"]], sort_keys=True)
        if key not in self._errors:
            self._errors[key] = None
            try:
                check_on_images(recipe, facts)
            except ValueError as error:
                self._errors[key] = error
        if (error_found := self._errors[key]) is not None:
            raise error_found


def _has(recipe: Recipe, key: str) -> bool:
    """Tell whether the recipe has the key: what one variant sets, the model of another may lack."""
    group, _, name = key.partition(".")
    return group != "model" or not name or name.partition(".")[0] in recipe.config["model"]
