"""What has to be known of the images before a run's fingerprint is."""

from dataclasses import dataclass, replace
from typing import final

import torch

from depthlab.data import split_validation
from depthlab.recipe import Recipe
from depthlab.records import test_note
from depthlab.run.check import build_network, check_size
from depthlab.run.images import build_images
from depthlab.training import choose_hardware


@final
@dataclass(frozen=True)
class ImageFacts:
    """What a plan needs to know of an image set."""

    checksum: str
    num_classes: int
    channels: int
    image_size: int  # pixels
    train_images: int  # without those that are held out for validation
    test_note: str = ""  # what to say of test images that the set doesn't call so


def look_at_images(recipe: Recipe) -> ImageFacts:
    """Load the recipe's images, with a download where they are missing.

    Raises:
        ValueError: they are not available.
    """
    images = build_images(recipe)
    train, _ = split_validation(images.train.labels, recipe.config["data"]["validation"])
    note = test_note(images.name, images.test_source)
    return ImageFacts(images.checksum, images.num_classes, images.channels, images.image_size, len(train), note)


def resolve(recipe: Recipe, facts: ImageFacts) -> tuple[Recipe, str]:
    """Return the recipe with the precision that this machine chooses, and the fingerprint that its run will have.

    Raises:
        ValueError: the network can't be built for these images.
    """
    hardware = choose_hardware(recipe.config["trainer"], image_size=facts.image_size)
    trainer = recipe.config["trainer"] | {"precision": hardware.precision}
    resolved = replace(recipe, config=recipe.config | {"trainer": trainer})
    return resolved, resolved.fingerprint(data_checksum=facts.checksum, precision=hardware.precision)


def check_on_images(recipe: Recipe, facts: ImageFacts) -> None:
    """See, on the meta device, that the recipe's network can be built for these images.

    Raises:
        ValueError: it can't, with what is allowed.
    """
    with torch.device("meta"):
        network = build_network(
            recipe, num_classes=facts.num_classes, in_channels=facts.channels, image_size=facts.image_size
        )
    check_size(recipe, network, facts.image_size)
