"""Inception modules as data: named paths of convolutions that run side by side, and stack what they put out.

    v1  one | three | five | pool           Szegedy et al. 2014 (arXiv 1409.4842), Figure 2 and Table 1
    v2  one | three | stacked | pool        Ioffe and Szegedy 2015 (arXiv 1502.03167), Figure 5
    v3  with 1xn and nx1 convolutions       Szegedy et al. 2015 (arXiv 1512.00567), Figures 5 to 7 and 10

A family is a table of such modules; `depthlab.models.inception.layers` makes units of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import final

from depthlab.models.stages import channels_per_stage


@final
@dataclass(frozen=True)
class Part:
    """One convolution: its kernel (height, width), and the channels that it puts out."""

    kernel: tuple[int, int]
    channels: int


Step = tuple[Part, ...]  # convolutions that read the same features and whose outputs are stacked; mostly one


def conv(size: int, channels: int) -> Step:
    """Return a step of one convolution with a square kernel."""
    return (Part((size, size), channels),)


def row(size: int, channels: int) -> Step:
    """Return a step of one 1 x size convolution."""
    return (Part((1, size), channels),)


def column(size: int, channels: int) -> Step:
    """Return a step of one size x 1 convolution."""
    return (Part((size, 1), channels),)


@final
@dataclass(frozen=True)
class Path:
    """Pooling over 3x3, "max" or "average", if any, and then convolutions, if any: without, channels pass through."""

    steps: tuple[Step, ...] = ()
    pool: str | None = None


@final
@dataclass(frozen=True)
class Inception:
    """Paths side by side. A stride of 2 stands in the last convolution of each path, or in its pooling."""

    paths: Mapping[str, Path]
    stride: int = 1

    @property
    def layers(self) -> int:
        """How many weighted layers the longest path has."""
        return max(len(path.steps) for path in self.paths.values())

    @property
    def added(self) -> int:
        """How many channels its convolutions put out, beside those that pass through."""
        return sum(self._ends())

    def out_channels(self, in_channels: int) -> int:
        """Return how many channels it puts out."""
        passing = sum(not path.steps for path in self.paths.values())
        return self.added + passing * in_channels

    def scaled(self, added: int) -> "Inception":
        """Return the module of the same proportions whose convolutions put out `added` channels.

        Raises `ValueError` if that leaves a path without channels.
        """
        ends = list(self._ends())
        factor, shares = added / sum(ends), iter(divide(added, ends))

        def scale(path: Path) -> Path:
            inner = [tuple(replace(part, channels=scale_up(part.channels, factor)) for part in s) for s in path.steps]
            last = [tuple(replace(part, channels=next(shares)) for part in step) for step in path.steps[-1:]]
            return replace(path, steps=(*inner[:-1], *last))

        return replace(self, paths={name: scale(path) for name, path in self.paths.items()})

    def times(self, factor: float) -> "Inception":
        """Return the module with `factor` times the channels in all its convolutions."""
        return self.scaled(round(self.added * factor))

    def _ends(self) -> Iterator[int]:
        return (part.channels for path in self.paths.values() for step in path.steps[-1:] for part in step)


def divide(total: int, shares: Sequence[int]) -> list[int]:
    """Divide `total` channels in proportion to `shares`, without a rest.

    Raises `ValueError` if one would get none.
    """
    edges = [round(total * end / sum(shares)) for end in accumulate(shares, initial=0)]
    parts = [after - before for before, after in pairwise(edges)]
    if min(parts) < 1:
        raise ValueError(
            f"width is too small for inception modules: one of {len(shares)} convolutions side by side gets none of "
            f"{total} channels; type a larger width, such as width=1"
        )
    return parts


def scale_up(channels: int, factor: float) -> int:
    """Return `factor` times the channels, at least 1."""
    return max(1, round(channels * factor))


def pick(table: Sequence[Inception], count: int) -> list[Inception]:
    """Return `count` modules of a stage: the last ones of the paper's, whose last is repeated if they are too few.

    So the stage puts out as many channels as the paper's, however many modules it has.
    """
    return [*table[max(0, len(table) - count) :], *[table[-1]] * (count - len(table))]


def scales_per_stage(width: object, base: Sequence[int]) -> list[float]:
    """Return the factor on each stage's channels: `width`, or that of a list of channels to those of `base`."""
    return [channels / usual for channels, usual in zip(channels_per_stage(width, base), base, strict=True)]


def added_per_stage(channels: Sequence[int]) -> list[int]:
    """Return how many channels each stage but the first has more than the one before.

    Raises `ValueError` if channels don't rise: a module that halves the grid passes all its channels through.
    """
    added = [after - before for before, after in pairwise(channels)]
    if min(added, default=1) < 1:
        given = ",".join(map(str, channels))
        raise ValueError(
            f"width=[{given}] must rise from stage to stage, as a module that halves the grid adds to all the channels "
            "that it gets; type width=[64,128,256], for example"
        )
    return added
