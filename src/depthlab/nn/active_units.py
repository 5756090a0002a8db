"""Train some of the units at a time: in each batch exactly k random ones are active, and the others are skips only."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    effective paths only, with 23 of 54 units. The branch of an active unit is multiplied by units / count, so that its
    mean over the draws is what it gives when all units are active, as they are in evaluation; the paper doesn't say
    whether it scales, stochastic depth (Huang et al. 2016, eq. 5) does so at test time.

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
        chosen, scale = set(self.at(step)), len(self.units) / self.count
        try:
            for place, unit in enumerate(self.units):
                # an attribute of the object comes before the method of its class
                unit.__dict__["forward"] = _scaled(unit, scale) if place in chosen else _skipped(unit)
            yield
        finally:
            for unit in self.units:
                unit.__dict__.pop("forward", None)


def units_with_skip(network: nn.Module) -> list[Parallel]:
    """Return the units that can be left out: sums and stacks of a skip and other paths."""
    if not isinstance(network, Network):
        return []
    units = (unit for unit in network.units() if isinstance(unit, Sum | Concat))
    return [unit for unit in units if SKIP in unit.paths and len(unit.paths) > 1]


def _scaled(unit: Parallel, scale: float) -> Callable[[Tensor], Tensor]:
    def path(name: str, x: Tensor) -> Tensor:
        y: Tensor = unit.paths[name](x)
        return y if name == SKIP else y * scale

    return _forward(unit, path)


def _skipped(unit: Parallel) -> Callable[[Tensor], Tensor]:
    def path(name: str, x: Tensor) -> Tensor | None:
        if name != SKIP:
            return _nothing(unit.paths[name], x) if isinstance(unit, Concat) else None
        y: Tensor = unit.paths[name](x)
        return y

    return _forward(unit, path)


def _forward(unit: Parallel, path: Callable[[str, Tensor], Tensor | None]) -> Callable[[Tensor], Tensor]:
    """Return the unit's forward pass with other outputs of its paths; without those that are None."""

    def forward(x: Tensor) -> Tensor:
        x = unit.before(x)
        outputs = [path(name, x) for name in unit.paths]
        y: Tensor = unit.after(unit.merge([output for output in outputs if output is not None]))
        return y

    return forward


def _nothing(path: nn.Module, x: Tensor) -> Tensor:
    """Return zeros of the shape that the path gives; it is run for its shape, and changes nothing in itself."""
    with torch.no_grad(), evaluating(path):
        return torch.zeros_like(path(x))
