"""Where each unit of a residual network stands, and which shape it has there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn import Halving, LayerFactory


@final
@dataclass(frozen=True)
class UnitShape:
    """The shape of one unit: (N, in_channels, H, W) to (N, out_channels, H / stride, W / stride).

    `inner` are the channels of its 3x3 convolutions, `drop_path` is the rate at which its branch is left out, and
    `first` marks the network's first unit. `pool` stands before it where H and W are halved by pooling, not a stride.
    """

    in_channels: int
    inner: int
    out_channels: int
    stride: int
    drop_path: float
    first: bool
    pool: nn.Module | None = None

    @property
    def keeps_shape(self) -> bool:
        """Whether the input can be added to what the branch puts out."""
        return self.in_channels == self.out_channels and self.stride == 1


def place_units(
    kit: LayerFactory,
    counts: Sequence[int],
    *,
    stem: int,
    inner: Sequence[int],
    out: Sequence[int],
    drop_path: float | None,
) -> list[list[UnitShape]]:
    """Return the places of each stage: `counts` units with `inner` and `out` channels, behind `stem` channels.

    The first unit of each stage but the first halves H and W, by its stride unless told otherwise; `drop_path` is the
    last unit's rate, and the others' rise to it linearly unless told otherwise. None is for families without one.
    """
    units = sum(counts)
    rates = iter([0.0] * units if drop_path is None else kit.drop_rates(drop_path, units))
    before, stages = stem, list[list[UnitShape]]()
    for stage, (count, narrow, wide) in enumerate(zip(counts, inner, out, strict=True)):
        stages.append([])
        for unit in range(count):
            halving = kit.halving("strided") if stage > 0 and unit == 0 else Halving(None, stride=1)
            first = stage == unit == 0
            stages[-1].append(UnitShape(before, narrow, wide, halving.stride, next(rates), first, halving.pool))
            before = wide
    return stages
