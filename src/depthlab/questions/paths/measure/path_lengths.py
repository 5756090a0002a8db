"""How many paths lead through a network, and how long each is: exact, by merges.

A path takes one branch of every `Parallel` that it meets. So the paths of a network are a tree of series and parallel
parts, and how many have which length is a polynomial (Veit et al. 2016, arXiv 1605.06431, sec. 5): that of a series is
the product of its parts', that of a parallel part the sum over its paths. n residual units give (1 + x)^n, C(n, k)
paths of length k; a plain network has the one path x^n.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Literal, TypeAlias, final

from torch import nn

from depthlab.measures.layers import WEIGHTED
from depthlab.nn import Network, Parallel
from depthlab.questions.paths.record import PathLengths

SKIP = "skip"  # the name that a unit's path has where it goes around the branch

By: TypeAlias = Literal["branches", "layers"]
Lengths: TypeAlias = tuple[int, ...]  # at index k: how many paths have the length k
PathChoice: TypeAlias = tuple[str, str]  # name of a Parallel in its network, and of the path taken there


class PathSet(ABC):
    """All paths through a part of a network."""

    @property
    @abstractmethod
    def lengths(self) -> Lengths:
        """How many of them have the length 0, 1, ..."""

    @abstractmethod
    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        """Yield the choices of one path of this length, each path as likely as any other."""


@final
@dataclass(frozen=True)
class SinglePath(PathSet):
    """The only path, of a given length."""

    length: int

    @property
    def lengths(self) -> Lengths:
        return (0,) * self.length + (1,)

    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        assert length == self.length
        return iter(())


@final
@dataclass(frozen=True)
class PathsInSeries(PathSet):
    """Parts that a path goes through one after another."""

    parts: tuple[PathSet, ...]

    @property
    def lengths(self) -> Lengths:
        return self._remaining[0]

    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        for place, part in enumerate(self.parts):
            own = _pick(self._weights(place, length), random)
            yield from part.draw(own, random)
            length -= own

    def _weights(self, place: int, length: int) -> list[int]:
        """Return how many paths there are for each length of a part, if `length` is left before it."""
        known = self._known.get((place, length))
        if known is None:
            rest = self._remaining[place + 1]
            known = [count * _at(rest, length - own) for own, count in enumerate(self.parts[place].lengths)]
            self._known[place, length] = known
        return known

    @cached_property
    def _known(self) -> dict[tuple[int, int], list[int]]:
        return {}

    @cached_property
    def _remaining(self) -> tuple[Lengths, ...]:
        """Lengths of what is left before each part, and after the last."""
        found: list[Lengths] = [(1,)]
        for part in reversed(self.parts):
            found.append(_times(part.lengths, found[-1]))
        return tuple(reversed(found))


@final
@dataclass(frozen=True)
class ParallelPaths(PathSet):
    """Paths side by side in the `Parallel` of this name, of which one is taken."""

    name: str
    paths: tuple[tuple[str, PathSet], ...]

    @cached_property
    def lengths(self) -> Lengths:
        return _plus([paths.lengths for _, paths in self.paths])

    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        place = _pick([_at(paths.lengths, length) for _, paths in self.paths], random)
        name, paths = self.paths[place]
        yield self.name, name
        yield from paths.draw(length, random)


def paths_through(network: nn.Module, by: By) -> PathSet:
    """Return all paths from the image to the scores.

    Length is the number of units through whose branch a path goes (any path but the one called `skip`), or that of its
    weighted layers. What stands on a skip counts as nothing, projections of transitions too, as papers don't count them
    among the layers. A `Parallel` inside a path multiplies the paths, whatever it merges by: the derivative of a
    product is a sum over its factors, as that of a sum. Auxiliary heads are on no path.

    Raises:
        ValueError: the network is not one of units.
    """
    if not isinstance(network, Network):
        raise ValueError(
            f"a {type(network).__name__} has no units of named paths, so its paths can't be told apart: "
            "build a depthlab.nn.Network of Sum and Concat"
        )
    return _PathReader(network, by).paths()


def paths_to_compare(network: nn.Module) -> tuple[PathSet, By]:
    """Return the paths by branches of units, or by weighted layers where all have as many branches.

    Raises `ValueError` for a network that is not one of units.
    """
    paths = paths_through(network, "branches")
    if sum(count > 0 for count in paths.lengths) == 1 < sum(paths.lengths):
        return paths_through(network, "layers"), "layers"
    return paths, "branches"


def counted_modules(network: Network, by: By) -> list[nn.Module]:
    """Return the modules behind the stem by each of which a path is one longer."""
    if by == "branches":
        return [path for unit in network.units() for name, path in unit.paths.items() if name != SKIP]
    units = [unit for unit in network.modules() if isinstance(unit, Parallel) and SKIP in unit.paths]
    aside = {module for unit in units for module in unit.paths[SKIP].modules()}
    behind_stem = [module for part in (*network.units(), network.head) for module in part.modules()]
    return [module for module in behind_stem if isinstance(module, WEIGHTED) and module not in aside]


def lengths_of_stem(network: nn.Module, by: By) -> tuple[int, ...]:
    """Return the lengths that paths have in the stem alone."""
    assert isinstance(network, Network)
    counts = _PathReader(network, by).stem().lengths
    return tuple(length for length, count in enumerate(counts) if count)


def measure_path_lengths(network: nn.Module) -> PathLengths:
    """Count the paths of a network by their lengths, in branches of units and in weighted layers; exact.

    Raises `ValueError` for a network that is not one of units.
    """
    return PathLengths(paths_through(network, "branches").lengths, paths_through(network, "layers").lengths)


@final
class _PathReader:
    """Reads the paths off a network's modules."""

    def __init__(self, network: Network, by: By) -> None:
        self._network, self._by = network, by
        self._names = {module: name for name, module in network.named_modules()}
        self._units = set(network.units())

    def paths(self) -> PathSet:
        parts = [self.stem(), *map(self._of, self._network.units()), self._of(self._network.head)]
        return _series(parts)

    def stem(self) -> PathSet:
        return self._of(self._network.stem)

    def _of(self, module: nn.Module) -> PathSet:
        if isinstance(module, Parallel):
            paths = tuple((name, self._path(module, name, path)) for name, path in module.paths.items())
            return _series([self._of(module.before), ParallelPaths(self._names[module], paths), self._of(module.after)])
        if isinstance(module, WEIGHTED):
            return SinglePath(1 if self._by == "layers" else 0)
        return _series([self._of(child) for child in module.children()])

    def _path(self, unit: Parallel, name: str, path: nn.Module) -> PathSet:
        paths = self._of(path)
        if name == SKIP:
            return _without_length(paths)
        return _series([SinglePath(1), paths]) if self._by == "branches" and unit in self._units else paths


def _series(parts: Sequence[PathSet]) -> PathSet:
    """Return the parts one after another, single paths merged."""
    length = sum(part.length for part in parts if isinstance(part, SinglePath))
    others = [part for part in parts if not isinstance(part, SinglePath)]
    parts = [SinglePath(length), *others] if length or not others else others
    return parts[0] if len(parts) == 1 else PathsInSeries(tuple(parts))


def _without_length(paths: PathSet) -> PathSet:
    """Return the same paths with length 0."""
    match paths:
        case ParallelPaths(name, parallel):
            return ParallelPaths(name, tuple((path, _without_length(further)) for path, further in parallel))
        case PathsInSeries(parts):
            return PathsInSeries(tuple(map(_without_length, parts)))
    return SinglePath(0)


def _plus(several: Sequence[Lengths]) -> Lengths:
    return tuple(sum(_at(one, length) for one in several) for length in range(max(map(len, several))))


def _times(a: Lengths, b: Lengths) -> Lengths:
    product = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] += x * y
    return tuple(product)


def _at(lengths: Lengths, length: int) -> int:
    return lengths[length] if 0 <= length < len(lengths) else 0


def _pick(weights: Sequence[int], random: Random) -> int:
    """Return a place with a probability in proportion to its weight; whole numbers, however large."""
    total = sum(weights)
    if total in weights:
        return weights.index(total)  # there is no choice
    rest = random.randrange(total)
    for place, weight in enumerate(weights):
        if rest < weight:
            return place
        rest -= weight
    raise AssertionError("the weights have a sum")
