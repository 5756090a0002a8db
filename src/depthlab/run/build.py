"""Turn the nodes of a recipe into objects: images, loaders, classifier."""

from dataclasses import fields

from torch import nn

from depthlab.data import ImageData, ImageSet, LoadingOptions
from depthlab.recipe import Recipe
from depthlab.run.check import choose_active_units
from depthlab.run.images import instantiate_node
from depthlab.training import Classifier, Hardware, Team


def build_data(recipe: Recipe, images: ImageSet, hardware: Hardware) -> ImageData:
    """Put loaders around the images.

    Raises:
        ValueError: what is cut out is larger than the images.
    """
    config, data = recipe.config, recipe.config["data"]
    if (config["cutout"] or 0) > images.image_size:
        raise ValueError(
            f"cutout={config['cutout']} is more than the {images.image_size} pixels of {images.name}'s images; "
            f"type cutout={images.image_size // 2} or less"
        )
    return ImageData(
        images,
        batch_size=config["batch_size"],
        seed=config["seed"],
        loading=LoadingOptions(**{one.name: data[one.name] for one in fields(LoadingOptions) if one.name in data}),
        cutout=config["cutout"] or 0,
        mixup=config["mixup"] or 0.0,
        cutmix=config["cutmix"] or 0.0,
        device=hardware.device,
        channels_last=hardware.channels_last,
    )


def build_classifier(
    recipe: Recipe, network: nn.Module, *, total_steps: int, num_classes: int, team: Team | None = None
) -> Classifier:
    """Join the network with its optimizer and its schedule.

    Raises:
        ValueError: the optimizer does not take these settings.
    """
    classifier = Classifier(
        network,
        optimizer=instantiate_node("optimizer", recipe.config["optimizer"]),
        schedule=instantiate_node("schedule", recipe.config["schedule"]),
        total_steps=total_steps,
        num_classes=num_classes,
        label_smoothing=recipe.config["label_smoothing"] or 0.0,
        team=team,
        microbatches=recipe.config["trainer"]["microbatches"],
        active_units=choose_active_units(recipe, network),
    )
    try:
        classifier.configure_optimizers()  # only to find a mistake before the run begins
    except (TypeError, ValueError) as error:
        raise ValueError(f"optimizer={recipe.choices['optimizer']}: {error}") from error
    return classifier
