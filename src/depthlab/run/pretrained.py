"""Networks whose weights come from elsewhere, with the images that they are to be measured on."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

import torch
from torch import Tensor, nn

from depthlab.data import Batches, ImageData, ImageSet
from depthlab.recipe import Recipe, compose
from depthlab.run.build import build_data
from depthlab.run.check import build_network, check_size
from depthlab.run.fit_weights import fit_weights
from depthlab.run.images import build_images
from depthlab.run.weight_file import read_tensors
from depthlab.training import Hardware, choose_hardware

# mean and standard deviation of each channel, pixels from 0 to 1: what published CIFAR networks were trained with
NORMALIZATIONS: dict[str, tuple[tuple[float, ...], tuple[float, ...]] | None] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
    "data": None,  # of the set's own training images
}
PROJECTED = "model.shortcut=B"


@final
@dataclass(frozen=True)
class PretrainedNetwork:
    """A network in evaluation mode with weights from a file, and the images of a recipe. Computes in fp32."""

    file: str
    recipe: Recipe
    network: nn.Module
    matched: str  # how tensors were told apart: by name, ...
    images: ImageSet
    normalization: str
    data: ImageData
    hardware: Hardware

    @property
    def name(self) -> str:
        """The network's name, which reads `resnet-56`."""
        return self.recipe.name.partition(" · ")[0]

    def training_images(self, count: int) -> Batches:
        """Return so many training images (N, C, H, W) with their labels, of all classes and without augmentation."""
        return self.data.some_training_images(count)

    def test_batches(self) -> Batches:
        """Return all test images (N, C, H, W) with their labels, in batches of a fixed order."""
        return self.data.test_dataloader()

    def test_images(self, count: int | None) -> Batches:
        """Return so many test images (N, C, H, W) with their labels, of all classes; all of them for None."""
        return self.test_batches() if count is None else self.data.some_test_images(count)


def load_pretrained(recipe: Recipe, file: str | os.PathLike[str], *, normalization: str) -> PretrainedNetwork:
    """Build the recipe's network with the weights of a file, and take the recipe's images normalized as they were.

    A residual network whose file has projections on its shortcuts gets them (option B), unless a shortcut was typed.

    Args:
        recipe: The network that the weights are of, and the data set.
        file: As `read_tensors` takes it.
        normalization: "imagenet", "cifar10", or "data" for the mean and spread of the set's own training images.

    Raises:
        ValueError: the file, the network and the images don't fit each other.
    """
    if normalization not in NORMALIZATIONS:
        raise ValueError(f"normalization must be {', '.join(NORMALIZATIONS)}, not {normalization}")
    path = Path(file).expanduser()
    tensors = read_tensors(path)
    images = build_images(recipe)
    given = NORMALIZATIONS[normalization]
    if given is not None:
        if images.channels != len(given[0]):
            raise ValueError(
                f"normalization={normalization} is for {len(given[0])} channels, and the images of {images.name} have "
                f"{images.channels}: type normalization=data"
            )
        images = replace(images, content=replace(images.content, mean=given[0], std=given[1]))
    recipe, network, matched = _fitted(recipe, images, tensors, path.name)
    check_size(recipe, network, images.image_size)
    hardware = choose_hardware(recipe.config["trainer"] | {"precision": "fp32"}, image_size=images.image_size)
    if hardware.device.type == "cpu":
        torch.set_num_threads(hardware.threads)
    elif hardware.device.type == "cuda":
        torch.backends.cudnn.allow_tf32 = False  # else convolutions round their factors to 10 bits
    network = network.to(hardware.device)
    if hardware.channels_last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    data = build_data(recipe, images, hardware)
    return PretrainedNetwork(str(path), recipe, network.eval(), matched, images, normalization, data, hardware)


def _fitted(recipe: Recipe, images: ImageSet, tensors: dict[str, Tensor], name: str) -> tuple[Recipe, nn.Module, str]:
    """Return the network with the weights, the recipe that it was built by, and how tensors were told apart."""

    def build(recipe: Recipe) -> tuple[Recipe, nn.Module, str]:
        network = build_network(
            recipe,
            num_classes=images.num_classes,
            in_channels=images.channels,
            image_size=images.image_size,
        )
        return recipe, network, fit_weights(network, tensors, name)

    try:
        return build(recipe)
    except ValueError as error:
        if PROJECTED not in str(error) or "model.shortcut" in recipe.typed:
            raise
        return build(compose([*recipe.overrides, PROJECTED]))
