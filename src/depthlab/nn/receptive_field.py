"""How much of the image one feature sees, read from the structure of the network."""

import math
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn.grid_pool import GridPool
from depthlab.nn.locally_connected import LocallyConnected2d
from depthlab.nn.network import Network
from depthlab.nn.paths import Parallel
from depthlab.nn.skips import PadSkip

_SEES_ALL = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Linear)


@final
@dataclass(frozen=True)
class Reach:
    """What one feature sees: `field` pixels high and wide, None for the whole image whatever its size.

    Neighboring features lie `step` pixels apart.
    """

    field: tuple[int, int] | None
    step: tuple[int, int] = (1, 1)


@final
@dataclass(frozen=True)
class _View:
    """The same along one axis; an infinite field is the whole image."""

    field: float = 1
    step: int = 1

    def through(self, kernel: int, stride: int, dilation: int = 1) -> "_View":
        return _View(self.field + (kernel - 1) * dilation * self.step, self.step * stride)


def measure_receptive_field(net: Network) -> tuple[int, int]:
    """Return the height and width, in pixels, of what a feature of the last unit sees along the longest path.

    Every layer of kernel k adds (k - 1) * dilation times the product of all strides before it (Araujo et al. 2019,
    "Computing Receptive Fields of Convolutional Neural Networks", eq. 2). Paths side by side count by the one that
    sees most, but for one that averages over all pixels, such as a gate's, which is left out beside others. The head is
    left out, as global pooling sees everything.

    Raises `ValueError` for a network with linear layers before its head: they see the whole image, whatever its size.
    """
    seen = [_Walk(axis).see_body(net) for axis in (0, 1)]
    if seen[0] is None or seen[1] is None or math.isinf(seen[0].field):
        raise ValueError("a linear layer sees the whole image: the network has one before its head")
    return int(seen[0].field), int(seen[1].field)


def trace_receptive_fields(net: Network) -> dict[str, Reach]:
    """Return what a feature sees that each layer puts out, by the layer's name; units by theirs.

    As in `measure_receptive_field`, and into the head. Layers are left out where what they see depends on the size of
    the image, as behind pooling to a grid, and auxiliary heads are.
    """
    rows, columns = _Walk(0), _Walk(1)
    for walk in (rows, columns):
        walk.see("head", net.head, walk.see_body(net))
    return {name: _reach(rows.seen[name], columns.seen[name]) for name in rows.seen}


def _reach(row: _View, column: _View) -> Reach:
    if math.isinf(row.field):
        return Reach(None, (row.step, column.step))
    return Reach((int(row.field), int(column.field)), (row.step, column.step))


@final
class _Walk:
    """Follows features through a network along one axis, and notes what they see by layer."""

    def __init__(self, axis: int) -> None:
        self._axis = axis
        self.seen: dict[str, _View] = {}

    def see_body(self, net: Network) -> _View | None:
        """Go through stem and units."""
        view = self.see("stem", net.stem, _View())
        for number, stage in enumerate(net.stages):
            view = self.see(f"stages.{number}", stage, view)
        return view

    def see(self, name: str, module: nn.Module, view: _View | None) -> _View | None:
        """Return what the module's features see, None where that depends on the size of the image."""
        if isinstance(module, Parallel):
            view = self._beside(name, module, view)
        elif isinstance(module, nn.Sequential):
            for child_name, child in module.named_children():
                view = self.see(f"{name}.{child_name}", child, view)
        else:
            view = self._layer(module, view)
        if view is not None:
            self.seen[name] = view
        return view

    def _beside(self, name: str, unit: Parallel, view: _View | None) -> _View | None:
        view = self.see(f"{name}.before", unit.before, view)
        paths = [self.see(f"{name}.paths.{path}", module, view) for path, module in unit.paths.items()]
        known = [one for one in paths if one is not None]
        if len(known) < len(paths):
            return None
        local = [one for one in known if math.isfinite(one.field)] or known
        steps = {one.step for one in local}
        assert len(steps) == 1, f"paths that stride differently can't be merged: {steps}"
        merged = _View(max(one.field for one in local), steps.pop())
        return self.see(f"{name}.after", unit.after, merged)

    def _layer(self, module: nn.Module, view: _View | None) -> _View | None:
        if isinstance(module, _SEES_ALL):
            return _View(math.inf, 1 if view is None else view.step)
        if view is None or isinstance(module, GridPool):
            return None
        if isinstance(module, nn.Conv2d | LocallyConnected2d | nn.MaxPool2d | nn.AvgPool2d):
            dilation = self._at(module.dilation) if isinstance(module, nn.Conv2d | nn.MaxPool2d) else 1
            return view.through(self._at(module.kernel_size), self._at(module.stride), dilation)
        return view.through(1, module.stride) if isinstance(module, PadSkip) else view

    def _at(self, value: int | tuple[int, ...] | None) -> int:
        assert value is not None
        return value if isinstance(value, int) else value[self._axis]
