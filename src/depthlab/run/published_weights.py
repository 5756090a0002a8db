"""Evaluate weights that others published, on the images of a recipe."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

import torch
from rich.table import Table
from torch import Tensor

from depthlab.data import ImageData, ImageSet, Split
from depthlab.models import TorchvisionWeights, load_torchvision, read_torchvision
from depthlab.nn import Cost, Network, measure_cost
from depthlab.recipe import Recipe
from depthlab.run.build import build_data
from depthlab.run.check import build_network, check_size
from depthlab.run.images import build_images
from depthlab.run.prepare import shows_progress
from depthlab.training import Evaluation, Hardware, choose_hardware, evaluate, track

NORMALIZATIONS = ("imagenet", "data")
SPLITS = ("test", "all")
# of ImageNet's training pictures, pixels from 0 to 1: what torchvision's weights were trained with
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
IMAGENET_SIZE = 224


@final
@dataclass(frozen=True)
class Published:
    """What published weights score: on `images` images of the set `data`, normalized by `normalization`."""

    weights: str
    data: str
    split: str
    normalization: str
    images: int
    evaluation: Evaluation
    cost: Cost
    hardware: Hardware


def evaluate_published(
    recipe: Recipe,
    file: str | os.PathLike[str],
    *,
    normalization: str = "imagenet",
    split: str = "test",
    classes: str | os.PathLike[str] | None = None,
) -> Published:
    """Build the recipe's network, copy torchvision's weights into it, and evaluate it on the recipe's test images.

    `normalization` is that of "imagenet", or of the "data" set's own training images. `split` may be "all", where a
    folder has no training pictures of its own. The set's classes are the network's, in the same order, unless `classes`
    is a file that names the network's classes, a line each: then the set has some of them, by their names. Computes in
    fp32 unless a precision was typed.

    Raises:
        ValueError: the file, the network and the images don't fit each other.
    """
    _check_choice("normalization", normalization, NORMALIZATIONS)
    _check_choice("split", split, SPLITS)
    weights = read_torchvision(Path(file).expanduser())
    network = _build(recipe, weights)  # before the images, which may take minutes to decode
    names = None if classes is None else _read_classes(Path(classes).expanduser(), weights)
    images = _fitted(build_images(recipe), weights, names, normalization)
    check_size(recipe, network, images.image_size)
    hardware = _choose_hardware(recipe, images.image_size)
    cost = measure_cost(network, (images.channels, images.image_size, images.image_size))
    network = network.to(hardware.device)
    if hardware.channels_last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    data = build_data(recipe, images, hardware)
    batches = _batches(data, split, shown=shows_progress(recipe))
    found = evaluate(network, batches, num_classes=weights.num_classes, autocast=hardware.autocast)
    count = int(found.confusion.sum())
    return Published(weights.name, images.name, split, normalization, count, found, cost, hardware)


def published_table(found: Published) -> Table:
    """Lay out what published weights score."""
    title = f"{Path(found.weights).name} on {found.data}"
    table = Table(show_header=False, box=None, title=title, title_justify="left", title_style="bold")
    which = "test " if found.split == "test" else ""
    rows = {
        f"{which}error": f"{100 * (1 - found.evaluation.accuracy):.2f} %  ({found.images:,} images)",
        f"{which}accuracy": f"{100 * found.evaluation.accuracy:.2f} %",
        f"{which}loss": f"{found.evaluation.loss:.4f}",
        "parameters": f"{found.cost.parameters:,}",
        "multiply-adds": f"{found.cost.multiply_adds:,}",
        "normalization": found.normalization,
        "hardware": f"{found.hardware.gpu or found.hardware.device}, {found.hardware.precision}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _check_choice(name: str, value: str, allowed: tuple[str, str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be {' or '.join(allowed)}, not {value}")


def _build(recipe: Recipe, weights: TorchvisionWeights) -> Network:
    network = build_network(
        recipe, num_classes=weights.num_classes, in_channels=weights.in_channels, image_size=IMAGENET_SIZE
    )
    if not isinstance(network, Network):
        raise ValueError(f"weights={weights.name} go into a network of depthlab.models: type {weights.overrides}")
    load_torchvision(network, weights)
    return network


def _read_classes(file: Path, weights: TorchvisionWeights) -> tuple[str, ...]:
    names = tuple(line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    if len(names) != weights.num_classes or len(set(names)) != len(names):
        raise ValueError(
            f"classes={file} must name the {weights.num_classes} classes that {weights.name} tells apart, a line each "
            f"and none twice: it has {len(names)} lines of {len(set(names))} names"
        )
    return names


def _fitted(
    images: ImageSet, weights: TorchvisionWeights, names: tuple[str, ...] | None, normalization: str
) -> ImageSet:
    """Return the images with the network's labels, to be normalized as they should be."""
    if images.channels != weights.in_channels:
        raise ValueError(
            f"{weights.name} takes images of {weights.in_channels} channels, those of {images.name} have "
            f"{images.channels}: choose another data set"
        )
    if names is not None:
        images = _relabeled(images, names)
    elif images.num_classes != weights.num_classes:
        raise ValueError(
            f"{weights.name} tells {weights.num_classes} classes apart, {images.name} has {images.num_classes}: type "
            f"classes=FILE, a file that names the {weights.num_classes} in the network's order, a line each"
        )
    if normalization == "data":
        return images
    return replace(images, content=replace(images.content, mean=IMAGENET_MEAN, std=IMAGENET_STD))


def _relabeled(images: ImageSet, names: tuple[str, ...]) -> ImageSet:
    unknown = [name for name in images.classes if name not in names]
    if unknown:
        raise ValueError(f"{images.name} has the class {unknown[0]!r}, which the file of classes does not name")
    label = torch.tensor([names.index(name) for name in images.classes])

    def relabel(split: Split) -> Split:
        return Split(split.images, label[split.labels])

    return replace(images, classes=names, train=relabel(images.train), test=relabel(images.test))


def _choose_hardware(recipe: Recipe, image_size: int) -> Hardware:
    trainer = recipe.config["trainer"]
    if trainer["precision"] == "auto":
        trainer = trainer | {"precision": "fp32"}  # as published figures are computed
    hardware = choose_hardware(trainer, image_size=image_size)
    if hardware.device.type == "cpu":
        torch.set_num_threads(hardware.threads)
    return hardware


def _batches(data: ImageData, split: str, *, shown: bool | None) -> Iterator[tuple[Tensor, Tensor]]:
    loaders = {"test": data.test_dataloader}
    if split == "all":
        loaders |= {"training": data.train_evaluation_dataloader, "validation": data.val_dataloader}
    for name, loader in loaders.items():
        yield from track(loader(), f"evaluating on {name} images", enabled=shown)
