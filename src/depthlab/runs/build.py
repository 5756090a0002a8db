"""Turn the nodes of a recipe into objects: network, images, loaders, classifier."""

from dataclasses import fields
from typing import Any, cast

import torch
from hydra.errors import HydraException
from hydra.utils import instantiate
from torch import nn

from depthlab.data import ImageData, ImageSet, Loading
from depthlab.recipe import Recipe
from depthlab.training import Classifier, Hardware


def build_network(recipe: Recipe, *, num_classes: int, in_channels: int) -> nn.Module:
    """Build the recipe's network; its weights come from torch's global generator.

    Raises:
        ValueError: the family can't have these arguments, or the person's own class does not fit.
    """
    node = recipe.config["model"] | {"num_classes": num_classes, "in_channels": in_channels}
    return cast(nn.Module, _make(node))


def check_network(recipe: Recipe) -> None:
    """Build the recipe's network on the meta device, where it costs nothing, to see that it can be built."""
    if not recipe.foreign:  # a person's own network may compute in its constructor
        with torch.device("meta"):
            build_network(recipe, num_classes=10, in_channels=3)


def build_images(recipe: Recipe) -> ImageSet:
    """Load the recipe's images, all three splits' worth of them."""
    loading = {field.name for field in fields(Loading)}
    return cast(ImageSet, _make({key: value for key, value in recipe.config["data"].items() if key not in loading}))


def build_data(recipe: Recipe, images: ImageSet, hardware: Hardware) -> ImageData:
    """Put loaders around the images."""
    config, data = recipe.config, recipe.config["data"]
    return ImageData(
        images,
        batch_size=config["batch_size"],
        seed=config["seed"],
        loading=Loading(**{field.name: data[field.name] for field in fields(Loading)}),
        cutout=config["cutout"] or 0,
        mixup=config["mixup"] or 0.0,
        cutmix=config["cutmix"] or 0.0,
        device=hardware.device,
        channels_last=hardware.channels_last,
    )


def build_classifier(recipe: Recipe, network: nn.Module, *, total_steps: int, num_classes: int) -> Classifier:
    """Join the network with its optimizer and its schedule."""
    return Classifier(
        network,
        optimizer=_make(recipe.config["optimizer"]),
        schedule=_make(recipe.config["schedule"]),
        total_steps=total_steps,
        num_classes=num_classes,
        label_smoothing=recipe.config["label_smoothing"] or 0.0,
    )


def _make(node: dict[str, Any]) -> Any:
    """Instantiate a node; an error of the constructor comes out as the constructor raised it."""
    try:
        return instantiate(node, _convert_="all")
    except HydraException as error:
        raise (error.__cause__ or error) from None
