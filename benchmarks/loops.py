"""The three ways to train that are compared: a stock loop, a run of this project, and a bare loop as fast as the run.

Each is called with a stopwatch, and trains a fresh network for as many steps as the stopwatch wants.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import final

import torch
from pil_transforms import Pictures
from stopwatch import Stopwatch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from tracking_share import TrackingShare

from depthlab.data import ImageSet, augment
from depthlab.models import resnet
from depthlab.recipe import Recipe, compose
from depthlab.run import run
from depthlab.run.images import build_images
from depthlab.training import Hardware, choose_hardware

HELD_OUT = 100  # images for validation: as few as may be, since only training is timed


@final
class Problem:
    """What all loops have in common: the recipe, its images, the machine."""

    def __init__(self, *, depth: int, image_size: int, batch_size: int, images: int, folder: Path) -> None:
        overrides = (
            f"depth={depth}",
            f"batch_size={batch_size}",
            "epochs=1",
            "data=synthetic",
            f"data.image_size={image_size}",
            f"data.train_size={images + HELD_OUT}",
            f"data.validation={HELD_OUT}",
            f"data.test_size={HELD_OUT}",
            f"tracking.folder={folder / 'runs'}",
            f"tracking.uri=sqlite:///{folder / 'mlflow.db'}",
        )
        self.depth, self.batch_size = depth, batch_size
        self.recipe: Recipe = compose(overrides)
        self.images: ImageSet = build_images(self.recipe)
        self.hardware: Hardware = choose_hardware(self.recipe.config["trainer"], image_size=image_size)

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        """Return plain SGD with the recipe's settings."""
        config = self.recipe.config
        momentum, decay = config["optimizer"]["momentum"], config["weight_decay"]
        return torch.optim.SGD(network.parameters(), lr=config["learning_rate"], momentum=momentum, weight_decay=decay)


class Loop(ABC):
    """A way to train."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @abstractmethod
    def train(self, watch: Stopwatch) -> None:
        """Take `watch.total_steps` optimizer steps."""


@final
class StockLoop(Loop):
    """What tutorials show: fp32, contiguous images, PIL transforms in a DataLoader's worker processes."""

    def __init__(self, problem: Problem, *, workers: int) -> None:
        super().__init__(problem)
        images = problem.images
        assert isinstance(images.train.images, Tensor)
        pixels = images.train.images.permute(0, 2, 3, 1).contiguous().numpy()
        self.loader = DataLoader(
            Pictures(pixels, images.train.labels.tolist(), images.mean, images.std),
            batch_size=problem.batch_size,
            shuffle=True,
            num_workers=workers,
            persistent_workers=True,
            drop_last=True,
            pin_memory=problem.hardware.device.type == "cuda",
        )

    def train(self, watch: Stopwatch) -> None:
        device = watch.device
        torch.use_deterministic_algorithms(False)  # as nobody asked for them; a run on a GPU has turned them on
        network = resnet(depth=self.problem.depth).to(device).train()
        optimizer = self.problem.optimizer(network)
        total = torch.zeros((), device=device)
        for images, labels in itertools.islice(self._endless(), watch.total_steps):
            images, labels = images.to(device, non_blocking=True), labels.to(device, non_blocking=True)
            optimizer.zero_grad()
            loss = F.cross_entropy(network(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.detach()

    def _endless(self) -> Iterator[list[Tensor]]:
        while True:
            yield from self.loader


@final
class TrackedRun(Loop):
    """This project: all that `python train.py` does, with MLflow."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.shares: list[TrackingShare] = []

    def train(self, watch: Stopwatch) -> None:
        with TrackingShare(watch) as share:
            run(self.problem.recipe, resume=False)
        self.shares.append(share)


@final
class BareLoop(Loop):
    """The same arithmetic as the run's, written down in one place, with no framework around it."""

    def train(self, watch: Stopwatch) -> None:
        problem, device = self.problem, watch.device
        torch.use_deterministic_algorithms(device.type == "cuda")  # as the run has it
        pixels, labels = self._on_device(problem.images.train.images), problem.images.train.labels.to(device)
        mean, std = (torch.tensor(values, device=device) for values in (problem.images.mean, problem.images.std))
        layout = torch.channels_last if problem.hardware.channels_last else torch.contiguous_format
        network = resnet(depth=problem.depth).to(device, memory_format=layout).train()
        optimizer = problem.optimizer(network)
        generator = torch.Generator().manual_seed(0)
        total = torch.zeros((), device=device)
        order = torch.randperm(len(labels), generator=generator).to(device)
        for chosen in itertools.islice(itertools.cycle(order.split(problem.batch_size)), watch.total_steps):
            images = augment.flip(augment.pad_and_crop(augment.select_images(pixels, chosen), 4, generator), generator)
            images = augment.normalize(images, mean, std, channels_last=problem.hardware.channels_last)
            with problem.hardware.autocast():
                scores = network(images)
            loss = F.cross_entropy(scores.float(), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach()

    def _on_device(self, images: object) -> Tensor:
        assert isinstance(images, Tensor)
        return images.to(self.problem.hardware.device)
