"""A config becomes a checked recipe. No torch here: plans start fast."""

from depthlab.recipe.arithmetic import ARITHMETIC
from depthlab.recipe.check_values import checked_value
from depthlab.recipe.compose import (
    checked_overrides,
    compose,
    compose_all,
    compose_each,
    from_hydra,
    one_line,
    recipe_from_config,
)
from depthlab.recipe.conf import CONF, config_loader
from depthlab.recipe.nearest import did_you_mean
from depthlab.recipe.override import Override, override_keys, override_values, override_words, without_keys
from depthlab.recipe.recipe import AXES, GROUPS, Recipe
from depthlab.recipe.source import source_hash
from depthlab.recipe.space import SearchInterval, Space, read_space
from depthlab.recipe.steering import read_steering
from depthlab.recipe.sweep_overrides import check_single_run, sweep_words
from depthlab.recipe.target import locate, model_arguments
from depthlab.recipe.wording import as_typed

__all__ = [
    "ARITHMETIC",
    "AXES",
    "CONF",
    "GROUPS",
    "Override",
    "Recipe",
    "SearchInterval",
    "Space",
    "as_typed",
    "check_single_run",
    "checked_overrides",
    "checked_value",
    "compose",
    "compose_all",
    "compose_each",
    "config_loader",
    "did_you_mean",
    "from_hydra",
    "locate",
    "model_arguments",
    "one_line",
    "override_keys",
    "override_values",
    "override_words",
    "read_space",
    "read_steering",
    "recipe_from_config",
    "source_hash",
    "sweep_words",
    "without_keys",
]
