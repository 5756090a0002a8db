"""Train some of the units at a time: in each batch exactly k random ones are active, and the others are skips only."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import final

import torch
from torch import Tensor, nn

from depthlab.nn.modes import evaluating
from depthlab.nn.network import Network
from depthlab.nn.paths import Concat, Parallel, Sum

SKIP = "skip"


@final
class ActiveUnits:
    """Chooses exactly `count` of a network's units with a skip for a batch, each subset as likely as any other.

    A unit that is not active hands on what its skip gives; what it would have stacked on that (`Concat`) is zero. Its
    branch is not computed, has no gradient and keeps its statistics. Paths through the network are then at most `count`
    branches long, and count / 2 in the mean: so Veit et al. 2016 (arXiv 1605.06431, sec. 5) train ResNet-110 on its
    effective paths only, with 23 of 54 units. In evaluation all units are active: see `scale_branches`.

    Units without a skip are always active and count for nothing. A choice is a pure function of seed and step.

    Raises:
        ValueError: the network has fewer such units.
    """

    def __init__(self, network: nn.Module, count: int, *, seed: int) -> None:
        assert count > 0
        self.units = units_with_skip(network)
        if count > len(self.units):
            there = len(self.units)
            most = f"type active_units={there} or less, or" if there else "type"
            raise ValueError(
                f"active_units={count} can't be had: the network has {there or 'no'} units with a skip, "
                f"of which some could be left out; {most} active_units=null for all of them"
            )
        self.count, self.seed = count, seed

    def at(self, step: int) -> list[int]:
        """Return the places of the units that are active in a step, in order."""
        return sorted(random.Random(f"{self.seed}:{step}").sample(range(len(self.units)), self.count))

    @contextmanager
    def active(self, step: int) -> Iterator[None]:
        """Let forward passes go through the step's active units, and through the skips alone of the others."""
        chosen = set(self.at(step))
        left_out = [unit for place, unit in enumerate(self.units) if place not in chosen]
        try:
            for unit in left_out:
                unit.__dict__["forward"] = _skipped(unit)  # an attribute of the object comes before that of its class
            yield
        finally:
            for unit in left_out:
                unit.__dict__.pop("forward", None)


def scale_branches(network: nn.Module, count: int) -> None:
    """Let a network of which `count` random units are active in each batch be their mean in evaluation mode.

    There the branches of all units with a skip are active, and multiplied by count / units, the chance that each had
    in training: so stochastic depth does (Huang et al. 2016, arXiv 1603.09382, eq. 5); Veit et al. don't say whether
    they scale. To multiply by units / count in training has the same mean, but begins with branches larger by as much,
    and batch norm then sees other variances in evaluation: ResNet-56 on digits, trained with 10 of its 27 units,
    errs on two thirds of the test images so, and on hardly more than when trained whole so.

    The network's weights and their names stay as they are.
    """
    units = units_with_skip(network)
    assert 0 < count <= len(units)
    for unit in units if count < len(units) else ():
        for name, path in unit.paths.items():
            if name != SKIP:
                path.register_forward_hook(partial(_scale_in_evaluation, count / len(units)))


def units_with_skip(network: nn.Module) -> list[Parallel]:
    """Return the units that can be left out: sums and stacks of a skip and other paths."""
    if not isinstance(network, Network):
        return []
    units = (unit for unit in network.units() if isinstance(unit, Sum | Concat))
    return [unit for unit in units if SKIP in unit.paths and len(unit.paths) > 1]


def _scale_in_evaluation(scale: float, path: nn.Module, inputs: tuple[Tensor], y: Tensor) -> Tensor:
    return y if path.training else y * scale


def _skipped(unit: Parallel) -> Callable[[Tensor], Tensor]:
    """Return the unit's forward pass through its skip alone."""

    def forward(x: Tensor) -> Tensor:
        x = unit.before(x)
        outputs = [
            path(x) if name == SKIP else _nothing(path, x)
            for name, path in unit.paths.items()
            if name == SKIP or isinstance(unit, Concat)
        ]
        y: Tensor = unit.after(unit.merge(outputs))
        return y

    return forward


def _nothing(path: nn.Module, x: Tensor) -> Tensor:
    """Return zeros of the shape that the path gives; it is run for its shape, and changes nothing in itself."""
    with torch.no_grad(), evaluating(path):
        return torch.zeros_like(path(x))
