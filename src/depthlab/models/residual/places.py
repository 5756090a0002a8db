"""Where each unit of a residual network stands, and which shape it has there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from depthlab.nn import linear_drop_rates


@final
@dataclass(frozen=True)
class Place:
    """The shape of one unit: (N, in_channels, H, W) to (N, out_channels, H / stride, W / stride).

    `inner` are the channels of its 3x3 convolutions, `drop_path` is the rate at which its branch is left out, and
    `first` marks the network's first unit.
    """

    in_channels: int
    inner: int
    out_channels: int
    stride: int
    drop_path: float
    first: bool

    @property
    def keeps_shape(self) -> bool:
        """Whether the input can be added to what the branch puts out."""
        return self.in_channels == self.out_channels and self.stride == 1


def place_units(
    counts: Sequence[int], *, stem: int, inner: Sequence[int], out: Sequence[int], drop_path: float
) -> list[list[Place]]:
    """Return the places of each stage: `counts` units with `inner` and `out` channels, behind `stem` channels.

    The first unit of each stage but the first halves H and W; `drop_path` is the last unit's rate, and the others'
    rise to it linearly.
    """
    rates = iter(linear_drop_rates(drop_path, sum(counts)))
    before, stages = stem, list[list[Place]]()
    for stage, (count, narrow, wide) in enumerate(zip(counts, inner, out, strict=True)):
        stages.append([])
        for unit in range(count):
            stride = 2 if stage > 0 and unit == 0 else 1
            stages[-1].append(Place(before, narrow, wide, stride, next(rates), first=stage == unit == 0))
            before = wide
    return stages
