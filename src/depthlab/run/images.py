"""Load the images that a recipe names."""

from dataclasses import fields
from typing import Any, cast

from hydra.errors import HydraException
from hydra.utils import instantiate

from depthlab.data import ImageSet, LoadingOptions
from depthlab.recipe import Recipe, one_line
from depthlab.run.targets import find_target


def build_images(recipe: Recipe) -> ImageSet:
    """Load the recipe's images, all three splits' worth of them."""
    loading = {field.name for field in fields(LoadingOptions)}
    node = {key: value for key, value in recipe.config["data"].items() if key not in loading}
    return cast(ImageSet, instantiate_node("data", node))


def instantiate_node(group: str, node: dict[str, Any]) -> Any:
    """Instantiate a group's node, and nothing inside of it; an error of the constructor comes out as it was raised."""
    find_target(group, node["_target_"])
    try:
        return instantiate(node, _convert_="all", _recursive_=False)
    except HydraException as error:
        if isinstance(error.__cause__, ValueError | OSError):
            raise error.__cause__ from None
        raise ValueError(f"{node['_target_']}: {one_line(error)}") from error
