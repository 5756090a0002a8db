"""Load the images that a recipe names."""

from dataclasses import fields
from typing import Any, cast

from hydra.errors import HydraException
from hydra.utils import instantiate

from depthlab.data import ImageSet, LoadingOptions
from depthlab.recipe import Recipe, locate, one_line


def build_images(recipe: Recipe) -> ImageSet:
    """Load the recipe's images, all three splits' worth of them."""
    loading = {field.name for field in fields(LoadingOptions)}
    locate(recipe.config["data"]["_target_"], "data._target_")  # says in one line what is not there
    return cast(
        ImageSet, instantiate_node({key: value for key, value in recipe.config["data"].items() if key not in loading})
    )


def instantiate_node(node: dict[str, Any]) -> Any:
    """Instantiate a node; an error of the constructor comes out as the constructor raised it."""
    try:
        return instantiate(node, _convert_="all")
    except HydraException as error:
        if isinstance(error.__cause__, ValueError | OSError):
            raise error.__cause__ from None
        raise ValueError(f"{node.get('_target_')}: {one_line(error)}") from error
