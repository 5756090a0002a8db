"""How much of the image one feature sees, read from the structure of the network."""

from dataclasses import dataclass, replace
from functools import reduce
from typing import final

from torch import nn

from depthlab.nn.locally_connected import LocallyConnected2d
from depthlab.nn.network import Network
from depthlab.nn.paths import Parallel
from depthlab.nn.skips import PadSkip


@final
@dataclass(frozen=True)
class _View:
    """What a feature sees along one axis: `field` pixels; neighboring features lie `step` pixels apart."""

    field: int = 1
    step: int = 1

    def through(self, kernel: int, stride: int, dilation: int = 1) -> "_View":
        return _View(self.field + (kernel - 1) * dilation * self.step, self.step * stride)


def measure_receptive_field(net: Network) -> tuple[int, int]:
    """Return the height and width, in pixels, of what a feature of the last unit sees along the longest path.

    Every layer of kernel k adds (k - 1) * dilation times the product of all strides before it (Araujo et al. 2019,
    "Computing Receptive Fields of Convolutional Neural Networks", eq. 2). Paths side by side count by the one that
    sees most. The head is left out, as global pooling sees everything.

    Raises `ValueError` for a network with linear layers before its head: they see the whole image, whatever its size.
    """
    return _field(net, axis=0), _field(net, axis=1)


def _field(net: Network, axis: int) -> int:
    view = _see(net.stem, _View(), axis)
    return reduce(lambda seen, unit: _see(unit, seen, axis), net.units(), view).field


def _see(module: nn.Module, view: _View, axis: int) -> _View:
    if isinstance(module, Parallel):
        view = _see(module.before, view, axis)
        seen = [_see(path, view, axis) for path in module.paths.values()]
        steps = {one.step for one in seen}
        assert len(steps) == 1, f"paths that stride differently can't be merged: {steps}"
        return _see(module.after, replace(view, field=max(one.field for one in seen), step=steps.pop()), axis)
    if isinstance(module, nn.Sequential):
        return reduce(lambda seen, layer: _see(layer, seen, axis), module, view)
    if isinstance(module, nn.Linear):
        raise ValueError("a linear layer sees the whole image: the network has one before its head")
    if isinstance(module, nn.Conv2d | LocallyConnected2d | nn.MaxPool2d | nn.AvgPool2d):
        dilation = _at(module.dilation, axis) if isinstance(module, nn.Conv2d | nn.MaxPool2d) else 1
        return view.through(_at(module.kernel_size, axis), _at(module.stride, axis), dilation)
    return view.through(1, module.stride) if isinstance(module, PadSkip) else view


def _at(value: int | tuple[int, ...] | None, axis: int) -> int:
    assert value is not None
    return value if isinstance(value, int) else value[axis]
