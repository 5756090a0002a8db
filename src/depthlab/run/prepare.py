"""Everything that comes before a run's first step, so that a mistake is told before anything is recorded."""

import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytorch_lightning as pl
import torch
import torch.utils.deterministic

from depthlab.data import ImageData, ImageSet
from depthlab.invocation import recorded_call
from depthlab.nn import Cost, measure_cost
from depthlab.recipe import ARITHMETIC, Recipe, source_hash
from depthlab.records import Dataset, Manifest
from depthlab.run.build import build_classifier, build_data
from depthlab.run.check import build_network, check_network, check_scores, check_size
from depthlab.run.cost import count_steps
from depthlab.run.images import build_images
from depthlab.tracking import capture_environment, redact
from depthlab.training import Classifier, Hardware, Team, choose_hardware


@dataclass(frozen=True)
class Prepared:
    """A run that is ready for its first step."""

    recipe: Recipe
    manifest: Manifest
    images: ImageSet
    data: ImageData
    classifier: Classifier
    hardware: Hardware
    cost: Cost
    total_steps: int
    team: Team

    @property
    def config(self) -> dict[str, Any]:
        """The recipe's resolved configuration."""
        return self.recipe.config

    @property
    def shows_progress(self) -> bool | None:
        """Whether progress is to be shown; None leaves it to whether there is a terminal."""
        return shows_progress(self.recipe) if self.team.is_rank_zero else False


def shows_progress(recipe: Recipe) -> bool | None:
    """Tell whether a recipe wants progress to be shown; None leaves it to whether there is a terminal."""
    wanted = recipe.config["trainer"]["progress"]
    return None if wanted == "auto" else bool(wanted)


def prepare(recipe: Recipe, team: Team | None = None) -> Prepared:
    """Build all that the recipe names, and the manifest that tells how to repeat it.

    All members of a team build the same, from the same seed. Then their global generators part.

    Raises:
        ValueError: something was asked for that does not exist here: a depth, a device, a data set.
    """
    team = team or Team()
    check_network(recipe)  # before a download, which takes minutes
    with team.rank_zero_first():
        images = build_images(recipe)
    hardware = choose_hardware(recipe.config["trainer"], image_size=images.image_size)
    make_repeatable(recipe, hardware)
    network = build_network(
        recipe, num_classes=images.num_classes, in_channels=images.channels, image_size=images.image_size
    )
    check_size(recipe, network, images.image_size)
    image = (images.channels, images.image_size, images.image_size)
    if recipe.foreign:
        check_scores(recipe, network, image, num_classes=images.num_classes)
    cost = measure_cost(network, image)
    if hardware.channels_last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    data = build_data(recipe, images, hardware)
    total_steps = count_steps(recipe, data.steps_per_epoch)
    classifier = build_classifier(recipe, network, total_steps=total_steps, num_classes=images.num_classes, team=team)
    manifest = _manifest(recipe, images, data, hardware)
    if not team.is_rank_zero:
        pl.seed_everything(team.seed(recipe.config["seed"]), verbose=False)
    return Prepared(recipe, manifest, images, data, classifier, hardware, cost, total_steps, team)


def check_team(recipe: Recipe, team: Team) -> None:
    """See that there are as many processes as the recipe asks for, and work for each of them.

    Raises:
        ValueError: there are not.
    """
    workers, batch_size = recipe.config["trainer"]["workers"], recipe.config["batch_size"]
    if workers > 1 and batch_size < 2 * workers:
        raise ValueError(
            f"batch_size={batch_size} is too small for trainer.workers={workers}, of which each takes two images or "
            f"more; type batch_size={2 * workers} or trainer.workers={max(1, batch_size // 2)}"
        )
    if workers != team.size:
        raise ValueError(
            f"trainer.workers={workers} asks for as many processes, and this is "
            f"{'one alone' if team.size == 1 else f'one of {team.size}'}; type -m, which starts them"
        )


def make_repeatable(recipe: Recipe, hardware: Hardware) -> None:
    """Seed the global generators (initialization, dropout) and choose algorithms that give the same bits each time."""
    if hardware.device.type == "cpu":
        torch.set_num_threads(hardware.threads)
    pl.seed_everything(recipe.config["seed"], verbose=False)
    if recipe.config["trainer"]["deterministic"] and hardware.device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
        # by default every new tensor is filled, to expose reads of unwritten memory: that costs time in each step
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def count_epochs(prepared: Prepared) -> int:
    """Return how many epochs are begun; the last one may end early."""
    return math.ceil(prepared.total_steps / prepared.data.steps_per_epoch)


def _manifest(recipe: Recipe, images: ImageSet, data: ImageData, hardware: Hardware) -> Manifest:
    return Manifest(
        name=recipe.name,
        fingerprint=recipe.fingerprint(data_checksum=images.checksum, precision=hardware.precision),
        command=recorded_call(),
        overrides=tuple(map(redact, recipe.overrides)),
        choices=recipe.choices,
        config=recipe.config | {"tracking": recipe.config["tracking"] | {"uri": _without_password(recipe)}},
        axes=recipe.axes,
        dataset=_dataset(images, data),
        environment=capture_environment(gpu=hardware.gpu),
        device=str(hardware.device),
        precision=hardware.precision,
        threads=hardware.threads,
        seed=recipe.config["seed"],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        source=source_hash(),
        arithmetic=ARITHMETIC,
        settings=recipe.settings
        | ({"tracking.uri": _without_password(recipe)} if "tracking.uri" in recipe.typed else {}),
    )


def _without_password(recipe: Recipe) -> str | None:
    uri: str | None = recipe.config["tracking"]["uri"]
    return uri and redact(uri)


def _dataset(images: ImageSet, data: ImageData) -> Dataset:
    return Dataset(
        name=images.name,
        checksum=images.checksum,
        classes=images.classes,
        channels=images.channels,
        image_size=images.image_size,
        mean=images.mean,
        std=images.std,
        train_size=len(data.train_indices),
        validation_size=len(data.validation_indices),
        test_size=len(images.test),
        test_source=images.test_source,
    )
