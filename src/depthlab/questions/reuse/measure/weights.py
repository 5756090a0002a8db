"""Feature reuse where channels are concatenated: the weights from each earlier unit to each later one.

Where a unit puts its features beside those that it was given, a channel keeps its place and can be told by it until
something else than such a unit comes. So every input channel of a later layer belongs to exactly one source, and the
weights of that layer say how strongly it reads each of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import final

import torch
from torch import Tensor, nn

from depthlab.nn import Concat, Network, Parallel
from depthlab.questions.reuse.measure.readers import Reader, reader_of, unit_readers
from depthlab.questions.reuse.record import INPUT, SCALED, WEIGHT, ReuseMap


@final
@dataclass(frozen=True)
class Target:
    """What reads a block's features: where it stands, its layer, and whose channels come to it, in their order."""

    label: str
    reader: Reader
    layout: tuple[tuple[str, int], ...]  # source and number of channels

    @property
    def channels(self) -> int:
        """How many channels come to it."""
        return sum(count for _, count in self.layout)


@final
@dataclass
class FeatureBlock:
    """Units in a row that stack their features on those before them."""

    sources: list[str] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)


def map_weights(network: Network) -> tuple[ReuseMap, ...]:
    """Return how strongly each layer of a block reads each source, as two maps a block (Huang et al. 2017, Fig. 5).

    - weight: the mean of |w| over all weights of the target's first layer that read channels of the source. This is the
      paper's "average L1 norm (normalized by number of input feature-maps)", but for a factor that is the same for all
      sources of a target.
    - scaled weight: the mean of |gamma w|, where gamma is the factor of the normalization in front of that layer. A
      network computes the same if gamma is doubled (with its offset) and w halved; |w| does change then, |gamma w| not.

    Blocks are found by their units alone: a `Concat` one of whose paths is the identity. Sources are the block's input
    and its units by number; what follows the block is the last target. A network without such units has no maps.

    Raises:
        ValueError: the channels that a layer takes are not those that came to it by the units before.
    """
    maps = []
    with torch.no_grad():
        for number, block in enumerate(dense_blocks(network), 1):
            for measure in (WEIGHT, SCALED):
                columns = [_column(target, measure) for target in block.targets]
                rows = tuple(tuple(column.get(source) for column in columns) for source in block.sources)
                labels = tuple(target.label for target in block.targets)
                maps.append(ReuseMap(measure, number, tuple(block.sources), labels, rows))
    return tuple(maps)


def dense_blocks(network: Network) -> list[FeatureBlock]:
    """Return the runs of units that stack their features, in the forward order."""
    blocks: list[FeatureBlock] = []
    layout: list[tuple[str, int]] = []  # of the open block; empty where none is open
    count = 0
    for unit in network.units():
        dense = _is_dense(unit)
        if layout and not dense:
            blocks[-1].targets += _targets("transition", unit_readers(unit), layout)
            layout = []
        if dense:
            if not layout:
                layout, count = [(INPUT, next(iter(unit_readers(unit).values())).inputs)], 0
                blocks.append(FeatureBlock([INPUT]))
            count += 1
            blocks[-1].targets += _targets(str(count), unit_readers(unit), layout)
            layout = list(_stacked(unit, str(count), layout))
            blocks[-1].sources += [source for source, _ in layout if source not in blocks[-1].sources]
    head = reader_of(network.head)
    if layout and head is not None:
        blocks[-1].targets += _targets("classifier", {"": head}, layout)
    return blocks


def _is_dense(unit: Parallel) -> bool:
    """Whether the unit leaves the channels that it was given as they are, and puts others beside them."""
    passed = [path for path in unit.paths.values() if isinstance(path, nn.Identity)]
    bare = isinstance(unit.before, nn.Identity) and isinstance(unit.after, nn.Identity)
    return isinstance(unit, Concat) and bare and len(passed) == 1 and bool(unit_readers(unit))


def _stacked(unit: Parallel, label: str, layout: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield whose channels the unit puts out: paths are stacked in their order."""
    several = len(unit.paths) > 2
    for name, path in unit.paths.items():
        if isinstance(path, nn.Identity):
            yield from layout
        else:
            yield f"{label} {name}" if several else label, _channels_out(path, sum(count for _, count in layout))


def _channels_out(path: nn.Module, given: int) -> int:
    """Return how many channels a path puts out: those of its last convolution, or as many as it was given."""
    counts = [module.out_channels for module in path.modules() if isinstance(module, nn.Conv2d)]
    return counts[-1] if counts else given


def _targets(label: str, readers: dict[str, Reader], layout: Sequence[tuple[str, int]]) -> list[Target]:
    found = []
    for name, reader in readers.items():
        target = Target(f"{label} {name}" if len(readers) > 1 else label, reader, tuple(layout))
        if reader.inputs % target.channels:
            raise ValueError(
                f"target {target.label} takes {reader.inputs} inputs, and the units before it put out "
                f"{target.channels} channels: which layer uses which cannot be read off the weights of such a network"
            )
        found.append(target)
    return found


def _column(target: Target, measure: str) -> dict[str, float]:
    """Return the mean by source."""
    strengths = target.reader.weights(target.channels).double().abs().mean(dim=1)
    if measure == SCALED:
        strengths = strengths * target.reader.factors(target.channels)
    parts: tuple[Tensor, ...] = strengths.split([count for _, count in target.layout])
    return {source: float(part.mean()) for (source, _), part in zip(target.layout, parts, strict=True)}
