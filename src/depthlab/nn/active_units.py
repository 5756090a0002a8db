"""Train a random subset of the units: in each batch exactly k are active, and the others are reduced to their skips."""

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
    """Chooses exactly `count` of a network's units with a skip for each batch; every subset is equally likely.

    An inactive unit outputs its skip alone; the channels that a `Concat` would add are zero. Its branch is not
    computed, gets no gradient and keeps its statistics. Paths through the network are then at most `count` branches
    long, and count / 2 on average: this is how Veit et al. 2016 (arXiv 1605.06431, sec. 5) train ResNet-110 on its
    effective paths only, with 23 of 54 units. In evaluation all units are active: see `scale_branches`.

    Units without a skip are always active and are not counted. The subset is a pure function of seed and step.

    Raises:
        ValueError: the network has fewer units with a skip than `count`.
    """

    def __init__(self, network: nn.Module, count: int, *, seed: int) -> None:
        assert count > 0
        self.units = units_with_skip(network)
        if count > len(self.units):
            available = len(self.units)
            advice = f"type active_units={available} or less, or" if available else "type"
            raise ValueError(
                f"active_units={count} is not possible: the network has {available or 'no'} units with a skip, "
                f"and only those can be left out; {advice} active_units=null to train all units"
            )
        self.count, self.seed = count, seed

    def chosen(self, step: int) -> list[int]:
        """Return the indices of the units that are active in a step, in ascending order."""
        return sorted(random.Random(f"{self.seed}:{step}").sample(range(len(self.units)), self.count))

    @contextmanager
    def active(self, step: int) -> Iterator[None]:
        """Reduce the units that are inactive in this step to their skips, for the length of the context."""
        active = set(self.chosen(step))
        inactive = [unit for index, unit in enumerate(self.units) if index not in active]
        try:
            for unit in inactive:
                unit.__dict__["forward"] = _skip_only_forward(unit)  # an instance attribute hides the class's method
            yield
        finally:
            for unit in inactive:
                unit.__dict__.pop("forward", None)


def scale_branches(network: nn.Module, count: int) -> None:
    """Scale branches in evaluation mode for a network trained with `count` random active units per batch.

    In evaluation all branches are active, each multiplied by count / units, the probability that it was active in
    training. Stochastic depth does the same (Huang et al. 2016, arXiv 1603.09382, eq. 5); Veit et al. don't say whether
    they scale. Multiplying by units / count in training instead has the same mean, but makes the branches larger from
    the start, and batch norm then sees different variances in evaluation: ResNet-56 on digits, trained that way with 10
    of its 27 units, misclassifies two thirds of the test images; scaled in evaluation, it errs hardly more often than
    the network trained whole.

    The network's weights and their names do not change.
    """
    units = units_with_skip(network)
    assert 0 < count <= len(units)
    for unit in units if count < len(units) else ():
        for name, path in unit.paths.items():
            if name != SKIP:
                path.register_forward_hook(partial(_scale_in_evaluation, count / len(units)))


def units_with_skip(network: nn.Module) -> list[Parallel]:
    """Return the units that can be reduced to their skips: a `Sum` or `Concat` of a skip and other paths."""
    if not isinstance(network, Network):
        return []
    units = (unit for unit in network.units() if isinstance(unit, Sum | Concat))
    return [unit for unit in units if SKIP in unit.paths and len(unit.paths) > 1]


def _scale_in_evaluation(scale: float, path: nn.Module, inputs: tuple[Tensor], y: Tensor) -> Tensor:
    return y if path.training else y * scale


def _skip_only_forward(unit: Parallel) -> Callable[[Tensor], Tensor]:
    """Return a forward pass through the unit's skip alone."""

    def forward(x: Tensor) -> Tensor:
        x = unit.before(x)
        outputs = [
            path(x) if name == SKIP else _zero_output(path, x)
            for name, path in unit.paths.items()
            if name == SKIP or isinstance(unit, Concat)
        ]
        y: Tensor = unit.after(unit.merge(outputs))
        return y

    return forward


def _zero_output(path: nn.Module, x: Tensor) -> Tensor:
    """Return zeros of the shape of the path's output; the path runs only for that shape, and its state stays."""
    with torch.no_grad(), evaluating(path):
        return torch.zeros_like(path(x))
