"""Inception modules as data: named parallel paths of convolutions whose outputs are concatenated.

    v1  one | three | five | pool           Szegedy et al. 2014 (arXiv 1409.4842), Figure 2 and Table 1
    v2  one | three | stacked | pool        Ioffe and Szegedy 2015 (arXiv 1502.03167), Figure 5
    v3  with 1xn and nx1 convolutions       Szegedy et al. 2015 (arXiv 1512.00567), Figures 5 to 7 and 10

A family is a table of such modules; `depthlab.models.inception.layers` builds units from them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import final

from depthlab.models.stages import channels_per_stage


@final
@dataclass(frozen=True)
class ConvLayer:
    """One convolution: its kernel (height, width) and its output channels."""

    kernel: tuple[int, int]
    channels: int


PathStep = tuple[ConvLayer, ...]  # parallel convolutions, mostly one, that read the same features


def conv(size: int, channels: int) -> PathStep:
    """Return a step of one convolution with a square kernel."""
    return (ConvLayer((size, size), channels),)


def row(size: int, channels: int) -> PathStep:
    """Return a step of one 1 x size convolution."""
    return (ConvLayer((1, size), channels),)


def column(size: int, channels: int) -> PathStep:
    """Return a step of one size x 1 convolution."""
    return (ConvLayer((size, 1), channels),)


@final
@dataclass(frozen=True)
class ModulePath:
    """Optional 3x3 pooling, "max" or "average", then any convolutions; without them, channels pass through."""

    steps: tuple[PathStep, ...] = ()
    pool: str | None = None


@final
@dataclass(frozen=True)
class InceptionModule:
    """Parallel paths. A stride of 2 applies to the last convolution of each path, or to its pooling."""

    paths: Mapping[str, ModulePath]
    stride: int = 1

    @property
    def layers(self) -> int:
        """Number of weighted layers on the longest path."""
        return max(len(path.steps) for path in self.paths.values())

    @property
    def added(self) -> int:
        """Number of output channels of its convolutions, without those that pass through."""
        return sum(self._ends())

    def out_channels(self, in_channels: int) -> int:
        """Return the number of output channels."""
        passing = sum(not path.steps for path in self.paths.values())
        return self.added + passing * in_channels

    def scaled(self, added: int) -> "InceptionModule":
        """Return a module of the same proportions whose convolutions have `added` output channels in all.

        Raises `ValueError` if a path would be left without channels.
        """
        ends = list(self._ends())
        factor, shares = added / sum(ends), iter(divide_channels(added, ends))

        def scale(path: ModulePath) -> ModulePath:
            inner = [
                tuple(replace(layer, channels=scaled_channels(layer.channels, factor)) for layer in s)
                for s in path.steps
            ]
            last = [tuple(replace(layer, channels=next(shares)) for layer in step) for step in path.steps[-1:]]
            return replace(path, steps=(*inner[:-1], *last))

        return replace(self, paths={name: scale(path) for name, path in self.paths.items()})

    def times(self, factor: float) -> "InceptionModule":
        """Return the module with `factor` times the channels in all its convolutions."""
        return self.scaled(round(self.added * factor))

    def _ends(self) -> Iterator[int]:
        return (layer.channels for path in self.paths.values() for step in path.steps[-1:] for layer in step)


def divide_channels(total: int, shares: Sequence[int]) -> list[int]:
    """Divide `total` channels in proportion to `shares`, without remainder.

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


def scaled_channels(channels: int, factor: float) -> int:
    """Return `factor` times the channels, at least 1."""
    return max(1, round(channels * factor))


def choose_modules(table: Sequence[InceptionModule], count: int) -> list[InceptionModule]:
    """Return `count` modules of a stage: the paper's last ones; the very last is repeated if there are too few.

    So the stage has as many output channels as the paper's, however many modules it has.
    """
    return [*table[max(0, len(table) - count) :], *[table[-1]] * (count - len(table))]


def scales_per_stage(width: object, base: Sequence[int]) -> list[float]:
    """Return the factor on each stage's channels: `width`, or the ratio of a list of channels to `base`."""
    return [channels / usual for channels, usual in zip(channels_per_stage(width, base), base, strict=True)]


def added_per_stage(channels: Sequence[int]) -> list[int]:
    """Return how many channels each stage but the first adds to the one before.

    Raises `ValueError` if channels don't increase: a module that halves the grid passes all its channels through.
    """
    added = [after - before for before, after in pairwise(channels)]
    if min(added, default=1) < 1:
        given = ",".join(map(str, channels))
        raise ValueError(
            f"width=[{given}] must rise from stage to stage, as a module that halves the grid adds to all the channels "
            "that it gets; type width=[64,128,256], for example"
        )
    return added
