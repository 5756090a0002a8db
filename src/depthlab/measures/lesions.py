"""Lesions of a trained network: units deleted or re-ordered, written once against `unit.paths` (Veit et al. 2016).

What is deleted is a site: a unit's branch, a whole unit, or one of several branches. A lesion is a list of units in
which some stand in for others and all weights are shared, so that the network itself is never changed; `removed` and
`reordered` put such a list into the network for a while.

========================================  =======================================================================
sum with a skip (residual)                the branch contributes nothing: what the skip lets through goes on, a
                                          gate in it as it is
sum of one path that keeps the shape      the identity stands for the whole unit (plain, VGG)
sum of several paths without a skip       one of the paths contributes nothing
concatenation with a skip (DenseNet)      the branch's channels are zero
concatenation of several paths            one path's channels are zero (Inception)
all others                                can't be deleted: they change the shape and have no skip, or multiply
========================================  =======================================================================
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast, final

import torch
from torch import Tensor, nn

from depthlab.nn import Concat, Network, Parallel, Sum, evaluating
from depthlab.records import FixedUnit, LesionSite

SKIP = "skip"


@final
@dataclass(frozen=True)
class LesionSites:
    """What can be done to a network, whose units are counted from 0 over all stages.

    `sites` can be deleted; `fixed_units` are units that can't, each with its reason. `movable` has for each stage the
    places of units that keep their shape and can trade places. `zeros` maps a path, by its unit's place and its name,
    to the shape (C, H, W) of what it puts out.
    """

    sites: tuple[LesionSite, ...]
    fixed_units: tuple[FixedUnit, ...]
    movable: tuple[tuple[int, ...], ...]
    zeros: Mapping[tuple[int, str], tuple[int, ...]]


@final
class Zeros(nn.Module):
    """Put out zeros of the shape (N, C, H, W), whatever comes in."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, x: Tensor) -> Tensor:
        return x.new_zeros((len(x), *self.shape))

    def extra_repr(self) -> str:
        return f"{self.shape}"


@torch.no_grad()
def find_lesion_sites(network: nn.Module, image: Tensor) -> LesionSites:
    """Return what can be deleted from a network and re-ordered in it.

    Args:
        network: Of any family; it is put into evaluation mode, and back.
        image: One image (1, C, H, W) or more of the kind that the network takes, on its device.

    Raises:
        ValueError: it is a person's own network, which has no units.
    """
    if not isinstance(network, Network):
        raise ValueError(
            f"{type(network).__name__} is no depthlab.nn.Network: there are no units to delete or to re-order; "
            "build it of a stem, stages of Sum and Concat units, and a head"
        )
    sites: list[LesionSite] = []
    fixed_units: list[FixedUnit] = []
    movable: list[tuple[int, ...]] = []
    zeros: dict[tuple[int, str], tuple[int, ...]] = {}
    with evaluating(network):
        x, place = network.stem(image[:1]), 0
        for stage, units in enumerate(network.stages, 1):
            keeping = []
            for number, unit in enumerate(cast("nn.Sequential", units), 1):
                y, shapes = _trace(cast(Parallel, unit), x)
                zeros |= {(place, path): shape for path, shape in shapes.items()}
                at = _Spot(stage, place, f"{stage}.{number}", tuple(x.shape[1:]), tuple(y.shape[1:]))
                found = _judge(cast(Parallel, unit), at)
                sites += found if isinstance(found, list) else []
                fixed_units += [] if isinstance(found, list) else [FixedUnit(at.name, stage, place, found)]
                keeping += [place] if at.keeps_shape else []
                x, place = y, place + 1
            movable.append(tuple(keeping))
    return LesionSites(tuple(sites), tuple(fixed_units), tuple(movable), zeros)


def without(units: Sequence[Parallel], possible: LesionSites, sites: Collection[LesionSite]) -> list[Parallel]:
    """Return the units without some sites; those that lose nothing are the same modules."""
    gone: dict[int, set[str]] = {}
    for site in sites:
        gone.setdefault(site.place, set()).add(site.path)
    return [
        _without_paths(unit, place, gone[place], possible.zeros) if place in gone else unit
        for place, unit in enumerate(units)
    ]


@contextmanager
def removed(network: Network, possible: LesionSites, sites: Collection[LesionSite]) -> Iterator[Network]:
    """Delete sites of the network for a while; afterwards it is as it was, also after an error."""
    with replace_units(network, without(list(network.units()), possible, sites)):
        yield network


@contextmanager
def reordered(network: Network, order: Sequence[int]) -> Iterator[Network]:
    """Let units trade places for a while: `order` lists the unit that comes first, second, ..., counted from 0.

    Units that trade places must keep their shape and be of one stage; see `LesionSites.movable`.
    """
    units = list(network.units())
    assert sorted(order) == list(range(len(units))), "each unit has one place"
    with replace_units(network, [units[index] for index in order]):
        yield network


@contextmanager
def replace_units(network: Network, units: Sequence[Parallel]) -> Iterator[Network]:
    """Put units in the place of the network's own for a while."""
    own = list(network.units())
    assert len(units) == len(own), "a unit for each"
    try:
        _place(network, units)
        for unit in units:
            if unit not in own:  # it is new, and its children are the network's
                unit.training = network.training
        yield network
    finally:
        _place(network, own)


@final
@dataclass(frozen=True)
class _Spot:
    """Where a unit stands, and the shapes (C, H, W) that go in and out."""

    stage: int
    place: int
    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def keeps_shape(self) -> bool:
        return self.before == self.after

    def site(self, path: str, how: str, *, transition: bool) -> LesionSite:
        name = self.name if path in ("", "branch") else f"{self.name} {path}"
        return LesionSite(name, self.stage, self.place, path, how, transition)


def _trace(unit: Parallel, x: Tensor) -> tuple[Tensor, dict[str, tuple[int, ...]]]:
    """Return what a unit puts out, and the shapes of what its paths put out."""
    inside = unit.before(x)
    outputs = {name: path(inside) for name, path in unit.paths.items()}
    y: Tensor = unit.after(unit.merge(list(outputs.values())))
    return y, {name: tuple(output.shape[1:]) for name, output in outputs.items()}


def _judge(unit: Parallel, at: _Spot) -> list[LesionSite] | str:
    """Return what can be deleted of a unit, or why nothing can."""
    if not isinstance(unit, Sum | Concat):
        return f"its paths merge by {type(unit).__name__}, where nothing is left without one of them"
    if len(unit.paths) == 1:
        if not at.keeps_shape:
            return f"it changes the shape from {_told(at.before)} to {_told(at.after)} and has no skip"
        return [at.site("", "identity", transition=False)]
    how = "zeroed" if isinstance(unit, Concat) else "skip alone" if SKIP in unit.paths else "left out"
    # a concatenation changes its channels by its nature: there a transition is what changes the resolution
    transition = at.before[1:] != at.after[1:] if isinstance(unit, Concat) else not at.keeps_shape
    return [at.site(path, how, transition=transition) for path in unit.paths if path != SKIP]


def _without_paths(
    unit: Parallel, place: int, gone: Collection[str], zeros: Mapping[tuple[int, str], tuple[int, ...]]
) -> Parallel:
    """Return the unit without paths; without "", which stands for all of it, the identity."""
    if "" in gone:
        return Sum({"branch": nn.Identity()})
    if isinstance(unit, Sum):
        left = {name: path for name, path in unit.paths.items() if name not in gone}
        if left:
            return Sum(left, before=unit.before, after=unit.after)
    paths = {name: Zeros(zeros[place, name]) if name in gone else path for name, path in unit.paths.items()}
    return (Concat if isinstance(unit, Concat) else Sum)(paths, before=unit.before, after=unit.after)


def _place(network: Network, units: Sequence[Parallel]) -> None:
    rest = iter(units)
    for stage in cast("list[nn.Sequential]", list(network.stages)):
        for index in range(len(stage)):
            stage[index] = next(rest)


def _told(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
