"""Feature reuse where features are added: the share of each earlier unit in what a later one reads.

A residual stream is a sum, and no weight tells its terms apart. But they can be followed: with x = sum over s of c_s
before a unit and z = skip(x) + F(x) behind its addition, an activation f behind that is a factor f(z) / z at each
place, so that the stream after the unit is again a sum, of c_s f(z) / z and of the new term F(x) f(z) / z. For ReLU the
factor is 1 or 0. Without an activation (pre-activation units) terms go on unchanged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import final

import torch
from torch import Tensor, nn

from depthlab.nn import ConstantScale, Network, Parallel, Sum, evaluating
from depthlab.questions.reuse.measure.readers import Reader, reader_of, unit_readers
from depthlab.questions.reuse.record import INPUT, SHARE, ReuseMap

SKIP = "skip"
_CARRIERS = (nn.Identity, nn.Dropout, nn.Dropout2d, ConstantScale)  # in evaluation mode they only multiply
# they act at each place by itself, and leave zero where it is
_ACTIVATIONS = (
    *(nn.Identity, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.ELU, nn.CELU, nn.SELU, nn.GELU, nn.SiLU),
    *(nn.Mish, nn.Hardswish, nn.Softsign, nn.Tanh, nn.Hardtanh),
)


@torch.no_grad()
def measure_shares(network: Network, batches: Iterable[Tensor]) -> tuple[ReuseMap, ...]:
    """Return the share of each source in the variance of what each target reads, a map for each residual stage.

        share(s, t) = sum over channels i of r_i^2 Cov(c_s,i, x_i) / sum over i of r_i^2 Var(x_i)

    x is the stream at the target, c_s the term of the source as it arrives there, and r_i^2 the sum of squares of the
    weights with which the target's first layer reads channel i, times those of the scale of a normalization in front of
    it. Variances are over images and positions; where positions are averaged before the layer, as before a classifier,
    over images. So a constant counts for nothing, as a normalization takes it away, and neither does a channel that the
    target does not read. The shares of a target add up to 1. A negative one is of a term that undoes others.

    What is left out: covariances between channels, and that an activation in front of the layer may hide part of x.

    Stages are runs of `Sum` units with an identity (or a constant factor) as their path `skip`; a unit with any other
    skip begins a new one, and what its skip passes on is the source `input`. What follows a stage is its last target.

    Args:
        network: It is put into evaluation mode, and back.
        batches: Of normalized images (N, C, H, W) on the network's device.
    """
    stages = residual_stages(network)
    if stages:
        with evaluating(network):
            for images in batches:
                _follow(network, stages, images)
    return tuple(_map(number, stage) for number, stage in enumerate(stages, 1))


@final
class Tally:
    """Variance of what one target reads, and covariances of its terms with it, channel by channel."""

    def __init__(self, label: str, reader: Reader) -> None:
        self.label, self.reader = label, reader
        self._count = 0
        self._sums: list[Tensor] = []  # of terms, then of the stream: (terms + 1, channels)
        self._products: list[Tensor] = []  # of the same with the stream

    def add(self, terms: list[Tensor], stream: Tensor) -> None:
        """Take up a batch: terms and their sum (N, C, H, W)."""
        values = [self._flat(one) for one in (*terms, stream)]
        sums = [value.sum(dim=0) for value in values]
        products = [(value * values[-1]).sum(dim=0) for value in values]
        self._sums = [a + b for a, b in zip(self._sums, sums, strict=True)] if self._sums else sums
        self._products = [a + b for a, b in zip(self._products, products, strict=True)] if self._products else products
        self._count += len(values[-1])

    def shares(self) -> list[float] | None:
        """Return the shares of the terms; None if nothing that is read varies."""
        if not self._count:
            return None
        means, products = torch.stack(self._sums) / self._count, torch.stack(self._products) / self._count
        covariances = products - means * means[-1]
        channels = covariances.shape[1]
        read = self.reader.weights(channels).double().square().sum(dim=1) * self.reader.scales(channels).square()
        *terms, total = (covariances * read).sum(dim=1).tolist()
        return [term / total for term in terms] if total > 0 else None

    def _flat(self, x: Tensor) -> Tensor:
        """Return a row for each place, or for each image where positions are averaged: (rows, C)."""
        x = x.double()
        if self.reader.pooled:
            return x.mean(dim=(2, 3))
        return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])


@final
@dataclass
class Stage:
    """Units in a row on one stream: the places of the first and the last, and what reads the stream where."""

    first: int
    last: int
    sources: list[str]
    reads: dict[int, list[Tally]] = field(default_factory=dict)  # by the place of the unit; behind the last for a head


def residual_stages(network: Network) -> list[Stage]:
    """Return the runs of units on one stream, in the forward order."""
    stages: list[Stage] = []
    open_one = False
    units = list(network.units())
    for place, unit in enumerate(units):
        goes_on = open_one and _goes_on(unit)
        if open_one:
            label = str(place - stages[-1].first + 1) if goes_on else "transition"
            stages[-1].reads[place] = _tallies(label, unit_readers(unit))
        open_one = goes_on or _is_residual(unit)
        if open_one and not goes_on:
            stages.append(Stage(place, place, [INPUT]))
        if open_one:
            number = str(place - stages[-1].first + 1)
            branches = [name for name in unit.paths if name != SKIP]
            stages[-1].sources += [f"{number} {name}" if len(branches) > 1 else number for name in branches]
            stages[-1].last = place
    head = reader_of(network.head)
    if open_one and head is not None:
        stages[-1].reads[len(units)] = _tallies("classifier", {"": head})
    return stages


def _tallies(label: str, readers: dict[str, Reader]) -> list[Tally]:
    return [Tally(f"{label} {name}" if len(readers) > 1 else label, reader) for name, reader in readers.items()]


def _is_residual(unit: Parallel) -> bool:
    """Whether the unit adds to a skip, and its output can be told apart into both."""
    apart = all(isinstance(module, _ACTIVATIONS) for module in _leaves(unit.after))
    return isinstance(unit, Sum) and SKIP in unit.paths and len(unit.paths) > 1 and apart


def _goes_on(unit: Parallel) -> bool:
    """Whether the stream before the unit goes on behind it."""
    if not _is_residual(unit) or not isinstance(unit.before, nn.Identity):
        return False
    return all(isinstance(module, _CARRIERS) for module in _leaves(unit.paths[SKIP]))


def _leaves(module: nn.Module) -> list[nn.Module]:
    return [one for one in module.modules() if next(one.children(), None) is None]


def _follow(network: Network, stages: list[Stage], images: Tensor) -> None:
    """Pass a batch through, with the terms of the stream beside it."""
    begins, within = {stage.first for stage in stages}, {p for s in stages for p in range(s.first, s.last + 1)}
    reads: dict[int, list[Tally]] = {place: tallies for stage in stages for place, tallies in stage.reads.items()}
    x, terms, places = network.stem(images), list[Tensor](), 0
    for place, unit in enumerate(network.units()):
        for tally in reads.get(place, ()):
            tally.add(terms, x)
        given = unit.before(x)
        outputs = {name: path(given) for name, path in unit.paths.items()}
        merged = unit.merge(list(outputs.values()))
        x, places = unit.after(merged), place + 1
        if place not in within:
            terms = []
            continue
        skip = unit.paths[SKIP]
        carried = [outputs[SKIP]] if place in begins else [skip(term) for term in terms]
        added = [output for name, output in outputs.items() if name != SKIP]
        factor = torch.where(merged == 0, torch.zeros_like(merged), x / merged)
        terms = [term * factor for term in (*carried, *added)]
    for tally in reads.get(places, ()):
        tally.add(terms, x)


def _map(number: int, stage: Stage) -> ReuseMap:
    tallies = [tally for place in sorted(stage.reads) for tally in stage.reads[place]]
    columns = [tally.shares() or [] for tally in tallies]
    rows = tuple(
        tuple(column[row] if row < len(column) else None for column in columns) for row in range(len(stage.sources))
    )
    return ReuseMap(SHARE, number, tuple(stage.sources), tuple(tally.label for tally in tallies), rows)
