"""A recipe's network before it is trained: the images that it is for, and the network itself."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import final

import torch
from torch import nn

from depthlab.data import known_shape
from depthlab.recipe import Recipe
from depthlab.run.check import build_network, check_scores, check_size
from depthlab.run.images import build_images


@final
@dataclass(frozen=True)
class ImageShape:
    """What a network has to know of images: channels, side in pixels, number of classes."""

    channels: int
    size: int
    classes: int

    @property
    def image(self) -> tuple[int, int, int]:
        """Return channels, height and width."""
        return self.channels, self.size, self.size


def expected_shape(recipe: Recipe) -> ImageShape:
    """Return what the recipe's images are, without a download.

    Raises:
        ValueError: only a download would tell.
    """
    known = known_shape(recipe.config["data"])
    if known is not None:
        return ImageShape(*known)
    if recipe.choices["data"] == "huggingface":
        raise ValueError(
            "data=huggingface: what its images are is known only when they were fetched; type it, such as "
            "image=32 channels=3 classes=10, and leave data= out"
        )
    images = build_images(recipe)
    return ImageShape(images.channels, images.image_size, images.num_classes)


def build_untrained(recipe: Recipe, shape: ImageShape, *, weights: bool = False) -> nn.Module:
    """Build the recipe's network for such images: on the meta device, unless it is to have weights.

    The user's own network, which may compute in its constructor, always has weights.

    Raises:
        ValueError: the family can't have these arguments, or the images are too small.
    """
    with nullcontext() if weights or recipe.foreign else torch.device("meta"):
        network = build_network(recipe, num_classes=shape.classes, in_channels=shape.channels, image_size=shape.size)
    check_size(recipe, network, shape.size)
    if recipe.foreign:
        check_scores(recipe, network, shape.image, num_classes=shape.classes)
    return network
