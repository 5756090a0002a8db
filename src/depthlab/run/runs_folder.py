"""Where runs are kept."""

from pathlib import Path

from depthlab.recipe import Recipe
from depthlab.tracking import RUNS_ROOT


def runs_root(recipe: Recipe) -> Path:
    """Return the folder that holds the folders of runs."""
    return Path(recipe.config["tracking"]["folder"] or RUNS_ROOT)
