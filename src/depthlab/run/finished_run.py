"""Open a finished run, with its networks and its images, to measure something on them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, final

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.data import Batches, ImageData, ImageSet
from depthlab.recipe import Recipe, recipe_from_config
from depthlab.run.build import build_data
from depthlab.run.check import build_network
from depthlab.run.images import build_images
from depthlab.tracking import RunFolder
from depthlab.training import Hardware, choose_hardware, read_weights

Moment = Literal["initial", "final", "best"]


@final
@dataclass(frozen=True)
class FinishedRun:
    """A run on this machine: its images as it saw them, and its networks as they were."""

    folder: RunFolder
    recipe: Recipe
    data: ImageData
    hardware: Hardware

    def network(self, moment: Moment) -> nn.Module:
        """Return the network in evaluation mode, on this machine's device.

        Its "initial" weights are drawn again from the run's seed, as the run itself drew them; "final" and "best" ones
        were kept. Drawing them sets the global generators.

        Raises:
            ValueError: the run has not kept such weights.
        """
        file = self.folder.checkpoints / f"{moment}.ckpt"
        if moment != "initial" and not file.is_file():
            raise ValueError(f"{self.folder.name} is {self.folder.status} and has no {moment} weights")
        return self._network(None if moment == "initial" else file)

    def snapshots(self) -> list[nn.Module]:
        """Return the networks of the weights that the run kept on the way, the earliest first; most runs keep none."""
        return [self._network(file) for file in self.folder.snapshots]

    def _network(self, weights: Path | None) -> nn.Module:
        dataset = self.folder.manifest.dataset
        pl.seed_everything(self.recipe.config["seed"], verbose=False)
        network = build_network(
            self.recipe,
            num_classes=len(dataset.classes),
            in_channels=dataset.channels,
            image_size=dataset.image_size,
        )
        if weights is not None:
            network.load_state_dict(read_weights(weights))
        network = network.to(self.hardware.device)
        if self.hardware.channels_last:
            network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return network.eval()

    def training_batches(self, count: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the first batches that the run trained on, augmented as they were: images (N, C, H, W) and labels."""
        loader = self.data.train_dataloader()
        loader.epoch = loader.position = 0
        yield from islice(iter(loader), count)

    def training_images(self, count: int) -> Batches:
        """Return so many training images (N, C, H, W) with their labels, of all classes and without augmentation."""
        return self.data.some_training_images(count)

    def test_batches(self) -> Batches:
        """Return all test images (N, C, H, W) with their labels, in batches of a fixed order."""
        return self.data.test_dataloader()

    def test_images(self, count: int | None) -> Batches:
        """Return so many test images (N, C, H, W) with their labels, of all classes; all of them for None.

        They are the same ones for all runs on a set.
        """
        return self.test_batches() if count is None else self.data.some_test_images(count)

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Return the loss that the run trained by, without auxiliary heads and weight decay."""
        return F.cross_entropy(scores, labels, label_smoothing=self.recipe.config["label_smoothing"] or 0.0)


def reopen(folder: RunFolder, *, precision: str = "fp32") -> FinishedRun:
    """Build the run's images and loaders again, on this machine's device.

    Raises:
        ValueError: the images are not those that the run saw.
    """
    manifest = folder.manifest
    recipe = recipe_from_config(manifest.config, manifest.choices, manifest.overrides)
    images = _load(json.dumps(recipe.config["data"], sort_keys=True), recipe.choices["data"])
    if images.checksum != manifest.dataset.checksum:
        raise ValueError(f"{folder.name} was trained on other images than {images.name} has now: nothing to measure on")
    trainer = recipe.config["trainer"] | {"device": "auto", "precision": precision}
    hardware = choose_hardware(trainer, image_size=images.image_size)
    if hardware.device.type == "cpu":
        torch.set_num_threads(hardware.threads)
    return FinishedRun(folder, recipe, build_data(recipe, images, hardware), hardware)


@lru_cache(maxsize=1)
def _load(node: str, name: str) -> ImageSet:
    """Load the images of a data node; many runs in a row see the same ones."""
    config: dict[str, Any] = {"data": json.loads(node)}
    return build_images(Recipe(config, {"data": name}, ()))
