"""A config becomes a checked recipe. No torch here: plans start fast."""

from depthlab.recipe.compose import compose, from_hydra, recipe_from_config
from depthlab.recipe.recipe import AXES, Recipe
from depthlab.recipe.source import source_hash

__all__ = ["AXES", "Recipe", "compose", "from_hydra", "recipe_from_config", "source_hash"]
