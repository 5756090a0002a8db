"""How many paths lead through a network, and how long each is: exact, by merges.

A path takes one way through every `Parallel` that it meets. So its ways are a tree of series and forks, and how many
paths have which length is a polynomial (Veit et al. 2016, arXiv 1605.06431, sec. 5): that of a series is the product of
its parts', that of a fork the sum over its paths. n residual units give (1 + x)^n, C(n, k) paths of length k; a plain
network has the one path x^n.
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
    """All ways through a part of a network."""

    @property
    @abstractmethod
    def lengths(self) -> Lengths:
        """How many of them have the length 0, 1, ..."""

    @abstractmethod
    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        """Yield the turns of one way of this length, each as likely as any other."""

    @abstractmethod
    def each(self) -> Iterator[tuple[int, tuple[PathChoice, ...]]]:
        """Yield every way: its length and its turns."""


@final
@dataclass(frozen=True)
class Step(PathSet):
    """The only way, of a given length."""

    length: int

    @property
    def lengths(self) -> Lengths:
        return (0,) * self.length + (1,)

    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        assert length == self.length
        return iter(())

    def each(self) -> Iterator[tuple[int, tuple[PathChoice, ...]]]:
        yield self.length, ()


@final
@dataclass(frozen=True)
class Series(PathSet):
    """Parts that are gone through one after another."""

    parts: tuple[PathSet, ...]

    @property
    def lengths(self) -> Lengths:
        return self._rest[0]

    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        for place, part in enumerate(self.parts):
            own = _pick(self._weights(place, length), random)
            yield from part.draw(own, random)
            length -= own

    def _weights(self, place: int, length: int) -> list[int]:
        """Return how many ways a part's own lengths leave, where `length` is still to go before it."""
        known = self._known.get((place, length))
        if known is None:
            rest = self._rest[place + 1]
            known = [count * _at(rest, length - own) for own, count in enumerate(self.parts[place].lengths)]
            self._known[place, length] = known
        return known

    @cached_property
    def _known(self) -> dict[tuple[int, int], list[int]]:
        return {}

    def each(self) -> Iterator[tuple[int, tuple[PathChoice, ...]]]:
        yield from self._each(0)

    def _each(self, place: int) -> Iterator[tuple[int, tuple[PathChoice, ...]]]:
        if place == len(self.parts):
            yield 0, ()
            return
        for length, turns in self.parts[place].each():
            for further, more in self._each(place + 1):
                yield length + further, (*turns, *more)

    @cached_property
    def _rest(self) -> tuple[Lengths, ...]:
        """Lengths of what is still to go before each part, and behind the last."""
        found: list[Lengths] = [(1,)]
        for part in reversed(self.parts):
            found.append(_times(part.lengths, found[-1]))
        return tuple(reversed(found))


@final
@dataclass(frozen=True)
class Fork(PathSet):
    """Paths side by side in the `Parallel` of this name, of which one is taken."""

    name: str
    paths: tuple[tuple[str, PathSet], ...]

    @cached_property
    def lengths(self) -> Lengths:
        return _plus([ways.lengths for _, ways in self.paths])

    def draw(self, length: int, random: Random) -> Iterator[PathChoice]:
        place = _pick([_at(ways.lengths, length) for _, ways in self.paths], random)
        name, ways = self.paths[place]
        yield self.name, name
        yield from ways.draw(length, random)

    def each(self) -> Iterator[tuple[int, tuple[PathChoice, ...]]]:
        for name, ways in self.paths:
            for length, turns in ways.each():
                yield length, ((self.name, name), *turns)


def ways_through(network: nn.Module, by: By) -> PathSet:
    """Return all ways from the image to the scores.

    Length is the number of units through whose branch a path goes (any path but the one called `skip`), or that of its
    weighted layers. What stands on a skip counts as nothing, projections of transitions too, as papers don't count them
    among the layers. A `Parallel` inside a path multiplies the ways, whatever it merges by: the derivative of a product
    is a sum over its factors, as that of a sum. Auxiliary heads are on no path.

    Raises:
        ValueError: the network is not one of units.
    """
    if not isinstance(network, Network):
        raise ValueError(
            f"a {type(network).__name__} has no units of named paths, so its paths can't be told apart: "
            "build a depthlab.nn.Network of Sum and Concat"
        )
    return _Tree(network, by).ways()


def measure_path_lengths(network: nn.Module) -> PathLengths:
    """Count the paths of a network by their lengths, in branches of units and in weighted layers; exact.

    Raises `ValueError` for a network that is not one of units.
    """
    return PathLengths(ways_through(network, "branches").lengths, ways_through(network, "layers").lengths)


@final
class _Tree:
    """Reads the ways off a network's modules."""

    def __init__(self, network: Network, by: By) -> None:
        self._network, self._by = network, by
        self._names = {module: name for name, module in network.named_modules()}
        self._units = set(network.units())

    def ways(self) -> PathSet:
        parts = [self._of(self._network.stem), *map(self._of, self._network.units()), self._of(self._network.head)]
        return _series(parts)

    def _of(self, module: nn.Module) -> PathSet:
        if isinstance(module, Parallel):
            paths = tuple((name, self._path(module, name, path)) for name, path in module.paths.items())
            return _series([self._of(module.before), Fork(self._names[module], paths), self._of(module.after)])
        if isinstance(module, WEIGHTED):
            return Step(1 if self._by == "layers" else 0)
        return _series([self._of(child) for child in module.children()])

    def _path(self, unit: Parallel, name: str, path: nn.Module) -> PathSet:
        ways = self._of(path)
        if name == SKIP:
            return _free(ways)
        return _series([Step(1), ways]) if self._by == "branches" and unit in self._units else ways


def _series(parts: Sequence[PathSet]) -> PathSet:
    """Return the parts one after another, steps taken together."""
    steps = sum(part.length for part in parts if isinstance(part, Step))
    others = [part for part in parts if not isinstance(part, Step)]
    if not others:
        return Step(steps)
    return Series((Step(steps), *others)) if steps else others[0] if len(others) == 1 else Series(tuple(others))


def _free(ways: PathSet) -> PathSet:
    """Return the same ways at no length."""
    match ways:
        case Fork(name, paths):
            return Fork(name, tuple((path, _free(further)) for path, further in paths))
        case Series(parts):
            return Series(tuple(map(_free, parts)))
    return Step(0)


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
    ways = sum(weights)
    if ways in weights:
        return weights.index(ways)  # there is no choice
    rest = random.randrange(ways)
    for place, weight in enumerate(weights):
        if rest < weight:
            return place
        rest -= weight
    raise AssertionError("the weights have a sum")
