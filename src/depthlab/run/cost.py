"""What a recipe would cost before it is run: parameters, multiply-adds, steps."""

from contextlib import nullcontext

import torch

from depthlab.nn import Cost, measure_cost
from depthlab.recipe import Recipe
from depthlab.run.check import build_network
from depthlab.run.image_facts import ImageFacts


def measure(recipe: Recipe, facts: ImageFacts) -> Cost:
    """Count the recipe's network on images of these facts; nothing is computed.

    Raises:
        ValueError: the family can't have the recipe's arguments.
    """
    # the user's own network may compute in its constructor, for which the meta device has no values
    with nullcontext() if recipe.foreign else torch.device("meta"):
        network = build_network(
            recipe, num_classes=facts.num_classes, in_channels=facts.channels, image_size=facts.image_size
        )
    return measure_cost(network, (facts.channels, facts.image_size, facts.image_size))


def count_steps(recipe: Recipe, steps_per_epoch: int) -> int:
    """Return how many optimizer steps the whole run takes."""
    steps: int = recipe.config["epochs"] * steps_per_epoch
    limit: int | None = recipe.config["trainer"]["max_steps"]
    return steps if limit is None else min(steps, limit)


def count_all_steps(recipe: Recipe, facts: ImageFacts) -> int:
    """Return how many optimizer steps the recipe takes, as its loaders will find."""
    batch_size, images = recipe.config["batch_size"], facts.train_images
    single = batch_size > 1 and images > 1 and images % batch_size == 1  # such a batch is left out
    return count_steps(recipe, -(-(images - single) // batch_size))
