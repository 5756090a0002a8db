"""Build a recipe's network, or see that it can be built, before anything else is imported."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from depthlab.nn import ActiveUnits, Network, Parts, evaluating, scale_branches
from depthlab.recipe import Recipe, model_arguments
from depthlab.run.targets import find_target


@contextmanager
def told_with_its_name(recipe: Recipe, doing: str = "") -> Iterator[None]:
    """Turn an error inside the user's own network into one line that names the network; our own errors say enough.

    The error itself is the cause: HYDRA_FULL_ERROR=1 shows its traceback.
    """
    try:
        yield
    except Exception as error:
        name = recipe.config["model"]["_target_"]
        if isinstance(error, ValueError) and (not recipe.foreign or str(error).startswith("model._target_")):
            raise
        where = f"model._target_={name}{doing}" if recipe.foreign else recipe.name
        what = " ".join(str(error).split()) or "no message"
        raise ValueError(f"{where}: {type(error).__name__}: {what}; HYDRA_FULL_ERROR=1 shows where") from error


def build_network(recipe: Recipe, *, num_classes: int, in_channels: int, image_size: int) -> nn.Module:
    """Build the recipe's network; its weights come from torch's global generator.

    Raises:
        ValueError: the family can't have these arguments, or the person's own class does not fit.
    """
    with told_with_its_name(recipe):
        target = find_target("model", recipe.config["model"]["_target_"])
    arguments = model_arguments(recipe, target, num_classes=num_classes, in_channels=in_channels, image_size=image_size)
    if "parts" in arguments:
        arguments["parts"] = Parts(**arguments["parts"])
    with told_with_its_name(recipe):
        network = target(**arguments)
    if not isinstance(network, nn.Module):
        name = recipe.config["model"]["_target_"]
        raise ValueError(f"model._target_={name} makes a {type(network).__name__}; it must make a torch.nn.Module")
    if not any(parameter.requires_grad for parameter in network.parameters()):
        name = recipe.config["model"]["_target_"]
        raise ValueError(f"model._target_={name} has no parameters to train: register them in its constructor")
    if choose_active_units(recipe, network) is not None:
        scale_branches(network, recipe.config["active_units"])
    return network


def choose_active_units(recipe: Recipe, network: nn.Module) -> ActiveUnits | None:
    """Return what chooses the units of each batch, None where all are active.

    Raises:
        ValueError: the network has fewer units with a skip, or is to be compiled for one choice of them.
    """
    count = recipe.config["active_units"]
    if not count:
        return None
    if recipe.config["trainer"]["compile"]:
        raise ValueError(
            f"active_units={count} computes other units in each batch, which can't be compiled ahead: "
            "leave out trainer.compile=true"
        )
    with told_with_its_name(recipe):
        return ActiveUnits(network, count, seed=recipe.config["seed"])


def check_network(recipe: Recipe) -> None:
    """See that the recipe's network can be built, on the meta device, where it costs nothing.

    Raises:
        ValueError: it can't, with what is allowed.
    """
    if recipe.foreign:  # the user's own network may compute in its constructor: only its arguments are looked at
        with told_with_its_name(recipe):
            target = find_target("model", recipe.config["model"]["_target_"])
        model_arguments(recipe, target, num_classes=10, in_channels=3, image_size=32)
        return
    with torch.device("meta"):
        build_network(recipe, num_classes=10, in_channels=3, image_size=32)


def check_size(recipe: Recipe, network: nn.Module, size: int) -> None:
    """See that the images, `size` pixels high and wide, are large enough for the network.

    Raises:
        ValueError: they are not, with the least size.
    """
    least = network.smallest_image if isinstance(network, Network) else 1
    if size < least:
        small = "type model.form=cifar, or " if recipe.config["model"].get("form") == "imagenet" else ""
        raise ValueError(
            f"{recipe.name}: the network takes images of {least}x{least} pixels or more, not "
            f"{size}x{size}; {small}choose larger images, such as data=synthetic data.image_size={least}"
        )


def check_scores(recipe: Recipe, network: nn.Module, image: tuple[int, int, int], *, num_classes: int) -> None:
    """See that the user's own network gives a score for each class, on one blank image of shape (C, H, W).

    Raises:
        ValueError: it gives something else.
    """
    with told_with_its_name(recipe, f" on an image of shape {image}"), evaluating(network), torch.no_grad():
        scores = network(torch.zeros(1, *image))
    given = f"shape {tuple(scores.shape)}" if isinstance(scores, Tensor) else f"type {type(scores).__name__}"
    if given != f"shape {(1, num_classes)}":
        raise ValueError(
            f"model._target_={recipe.config['model']['_target_']}: for one image it gives something of {given}; "
            f"it must give a tensor of shape {(1, num_classes)}, a score for each class (its argument num_classes)"
        )
