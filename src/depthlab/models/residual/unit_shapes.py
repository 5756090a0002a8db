"""The input and output shape of each unit of a residual network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn import Downsampling, LayerFactory


@final
@dataclass(frozen=True)
class UnitShape:
    """The shape of one unit: (N, in_channels, H, W) to (N, out_channels, H / stride, W / stride).

    `inner` is the number of channels of its 3x3 convolutions, `drop_path` the rate at which its branch is dropped, and
    `first` marks the network's first unit. `pool` comes before it where H and W are halved by pooling, not a stride.
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
        """Whether input and output have the same shape, so that the identity can be the skip."""
        return self.in_channels == self.out_channels and self.stride == 1


def unit_shapes_per_stage(
    factory: LayerFactory,
    counts: Sequence[int],
    *,
    stem: int,
    inner: Sequence[int],
    out: Sequence[int],
    drop_path: float | None,
) -> list[list[UnitShape]]:
    """Return the unit shapes of each stage: `counts` units with `inner` and `out` channels, after `stem` channels.

    The first unit of each stage but the first halves H and W, by default with its stride; `drop_path` is the last
    unit's rate, to which the others rise, by default linearly. None is for families without stochastic depth.
    """
    units = sum(counts)
    rates = iter([0.0] * units if drop_path is None else factory.drop_path_rates(drop_path, units))
    before, stages = stem, list[list[UnitShape]]()
    for stage, (count, narrow, wide) in enumerate(zip(counts, inner, out, strict=True)):
        stages.append([])
        for unit in range(count):
            downsampling = factory.downsampling("strided") if stage > 0 and unit == 0 else Downsampling(None, stride=1)
            first = stage == unit == 0
            stages[-1].append(
                UnitShape(before, narrow, wide, downsampling.stride, next(rates), first, downsampling.pool)
            )
            before = wide
    return stages
