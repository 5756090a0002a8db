"""The errors of many lesions of one network at once: what comes before a lesion is computed once for all of them.

Without unit i, everything before unit i is as it was. So n single deletions cost n/2 passes over the images, and draws
as much as lies behind the first unit that they touch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from depthlab.nn import Network, Parallel, evaluating

Batch = tuple[Tensor, Tensor]  # normalized images (N, C, H, W) and labels (N,), on the network's device
Statistics = Mapping[_BatchNorm, tuple[Tensor, Tensor]]  # running mean and variance


@final
@dataclass(frozen=True)
class ErrorCounts:
    """Errors in percent: of the whole network, and of each lesion in turn."""

    images: int
    whole: float
    each: tuple[float, ...]


@torch.no_grad()
def count_errors(
    network: Network,
    lesions: Sequence[Sequence[Parallel]],
    batches: Iterable[Batch],
    *,
    estimation: Sequence[Tensor] | None = None,
) -> ErrorCounts:
    """Return how many images the network and each of its lesions classify wrongly.

    Args:
        network: The network whose units are deleted; a lesion has one unit for each of its own, see `measures.lesions`.
        lesions: Lists of units.
        batches: The images to classify, with their labels.
        estimation: Batches of training images on which the statistics of batch norm are estimated anew for the whole
            network and for each lesion, as averages over the batches; None leaves them as trained. They are put back.
    """
    work = _Work(network, list(network.units()), lesions)
    with evaluating(network):
        whole, each = work.estimate(estimation) if estimation is not None else ({}, [{} for _ in lesions])
        wrong, count = torch.zeros(len(lesions) + 1, dtype=torch.int64), 0
        with _assigned(whole):
            for images, labels in batches:
                wrong += work.count_wrong(images, labels, each)
                count += len(labels)
    assert count, "errors of no images"
    found = [100 * number / count for number in wrong.tolist()]
    return ErrorCounts(count, found[0], tuple(found[1:]))


@final
class _Work:
    """A network with its lesions by the first unit that differs."""

    def __init__(self, network: Network, own: list[Parallel], lesions: Sequence[Sequence[Parallel]]) -> None:
        self.network, self.own, self.lesions = network, own, lesions
        self._at: dict[int, list[int]] = {}
        for index, units in enumerate(lesions):
            self._at.setdefault(_first_difference(own, units), []).append(index)

    def count_wrong(self, images: Tensor, labels: Tensor, statistics: Sequence[Statistics]) -> Tensor:
        """Return how many images the whole network gets wrong, and behind it each lesion."""
        wrong = torch.zeros(len(self.lesions) + 1, dtype=torch.int64)
        x = self.network.stem(images)
        for place, unit in enumerate(self.own):
            for index in self._at.get(place, ()):
                with _assigned(statistics[index]):
                    wrong[index + 1] = _count(self._rest(self.lesions[index], place, x), labels)
            x = unit(x)
        wrong[0] = _count(self.network.head(x), labels)
        for index in self._at.get(len(self.own), ()):  # nothing differs
            wrong[index + 1] = wrong[0]
        return wrong

    def estimate(self, images: Sequence[Tensor]) -> tuple[Statistics, list[Statistics]]:
        """Return the statistics of batch norm, estimated anew, for the whole network and behind each lesion."""
        each: list[Statistics] = [{} for _ in self.lesions]
        with _estimating(self.network.stem) as whole:
            features = [self.network.stem(batch) for batch in images]
        for place, unit in enumerate(self.own):
            for index in self._at.get(place, ()):
                units = self.lesions[index][place:]
                with _estimating(*units, self.network.head) as each[index]:
                    for x in features:
                        self._rest(self.lesions[index], place, x)
            with _estimating(unit) as found:
                features = [unit(x) for x in features]
            whole |= found
        with _estimating(self.network.head) as found:
            for x in features:
                self.network.head(x)
        return whole | found, each

    def _rest(self, units: Sequence[Parallel], place: int, x: Tensor) -> Tensor:
        for unit in units[place:]:
            x = unit(x)
        logits: Tensor = self.network.head(x)
        return logits


@contextmanager
def _estimating(*parts: nn.Module) -> Iterator[dict[_BatchNorm, tuple[Tensor, Tensor]]]:
    """Let batch norm average its statistics over the batches to come; what was found is there in the end.

    Each layer gets new tensors to write to, and its own ones back: those are never touched.
    """
    modules = [module for part in parts for module in part.modules()]
    norms = [one for one in modules if isinstance(one, _BatchNorm) and _has_statistics(one)]
    kept = [(norm, norm.momentum, norm.training, dict(norm.named_buffers(recurse=False))) for norm in norms]
    found: dict[_BatchNorm, tuple[Tensor, Tensor]] = {}
    try:
        for norm in norms:
            for name, buffer in dict(norm.named_buffers(recurse=False)).items():
                setattr(norm, name, torch.zeros_like(buffer))
            norm.momentum, norm.training = None, True  # without momentum, it averages
        yield found
        for norm in norms:
            assert norm.running_mean is not None and norm.running_var is not None
            found[norm] = (norm.running_mean, norm.running_var)
    finally:
        for norm, momentum, training, buffers in kept:
            norm.momentum, norm.training = momentum, training
            for name, buffer in buffers.items():
                setattr(norm, name, buffer)


@contextmanager
def _assigned(statistics: Statistics) -> Iterator[None]:
    """Let batch norm use other statistics for a while."""
    kept = [(norm, norm.running_mean, norm.running_var) for norm in statistics]
    try:
        for norm, (mean, variance) in statistics.items():
            norm.running_mean, norm.running_var = mean, variance
        yield
    finally:
        for norm, own_mean, own_variance in kept:
            norm.running_mean, norm.running_var = own_mean, own_variance


def _has_statistics(norm: _BatchNorm) -> bool:
    return norm.track_running_stats and norm.running_mean is not None


def _first_difference(own: Sequence[Parallel], units: Sequence[Parallel]) -> int:
    assert len(units) == len(own), "a unit for each"
    return next((place for place, unit in enumerate(units) if unit is not own[place]), len(own))


def _count(logits: Tensor, labels: Tensor) -> int:
    return int((logits.argmax(dim=1) != labels).sum())
