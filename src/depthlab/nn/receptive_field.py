"""Receptive fields: how much of the image one feature sees, read from the structure of the network."""

import math
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn.grid_pool import GridPool
from depthlab.nn.locally_connected import LocallyConnected2d
from depthlab.nn.network import Network
from depthlab.nn.paths import Parallel
from depthlab.nn.skips import PadSkip

_GLOBAL_LAYERS = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Linear)


@final
@dataclass(frozen=True)
class ReceptiveField:
    """What one feature sees: `size` is its height and width in pixels, None for the whole image whatever its size.

    The fields of neighboring features are `stride` pixels apart.
    """

    size: tuple[int, int] | None
    stride: tuple[int, int] = (1, 1)


@final
@dataclass(frozen=True)
class _AxisField:
    """A receptive field along one axis; an infinite size is the whole image."""

    size: float = 1
    stride: int = 1

    def through(self, kernel: int, stride: int, dilation: int = 1) -> "_AxisField":
        return _AxisField(self.size + (kernel - 1) * dilation * self.stride, self.stride * stride)


def measure_receptive_field(net: Network) -> tuple[int, int]:
    """Return the height and width, in pixels, of the receptive field of the last unit's features.

    Every layer of kernel k adds (k - 1) * dilation times the product of all strides before it (Araujo et al. 2019,
    "Computing Receptive Fields of Convolutional Neural Networks", eq. 2). Of parallel paths the largest field counts; a
    path that averages over all pixels, such as a gate's, is ignored beside others. The head is ignored too, as global
    pooling sees everything.

    Raises `ValueError` for a network with linear layers before its head: these see the whole image, whatever its size.
    """
    fields = [_FieldTracer(axis).trace_body(net) for axis in (0, 1)]
    if fields[0] is None or fields[1] is None or math.isinf(fields[0].size):
        raise ValueError("a linear layer sees the whole image: the network has one before its head")
    return int(fields[0].size), int(fields[1].size)


def trace_receptive_fields(net: Network) -> dict[str, ReceptiveField]:
    """Return the receptive field of the output of each layer and each unit, by name.

    Computed as in `measure_receptive_field`, and continued through the head. Layers whose field depends on the image
    size, such as those after pooling to a grid, and auxiliary heads are left out.
    """
    rows, columns = _FieldTracer(0), _FieldTracer(1)
    for tracer in (rows, columns):
        tracer.trace("head", net.head, tracer.trace_body(net))
    return {name: _combine(rows.fields[name], columns.fields[name]) for name in rows.fields}


def _combine(row: _AxisField, column: _AxisField) -> ReceptiveField:
    if math.isinf(row.size):
        return ReceptiveField(None, (row.stride, column.stride))
    return ReceptiveField((int(row.size), int(column.size)), (row.stride, column.stride))


@final
class _FieldTracer:
    """Traces features through a network along one axis, and records each layer's field."""

    def __init__(self, axis: int) -> None:
        self._axis = axis
        self.fields: dict[str, _AxisField] = {}

    def trace_body(self, net: Network) -> _AxisField | None:
        """Trace stem and units."""
        field = self.trace("stem", net.stem, _AxisField())
        for number, stage in enumerate(net.stages):
            field = self.trace(f"stages.{number}", stage, field)
        return field

    def trace(self, name: str, module: nn.Module, field: _AxisField | None) -> _AxisField | None:
        """Return the field of the module's output, None where it depends on the image size."""
        if isinstance(module, Parallel):
            field = self._trace_paths(name, module, field)
        elif isinstance(module, nn.Sequential):
            for child_name, child in module.named_children():
                field = self.trace(f"{name}.{child_name}", child, field)
        else:
            field = self._layer(module, field)
        if field is not None:
            self.fields[name] = field
        return field

    def _trace_paths(self, name: str, unit: Parallel, field: _AxisField | None) -> _AxisField | None:
        field = self.trace(f"{name}.before", unit.before, field)
        paths = [self.trace(f"{name}.paths.{path}", module, field) for path, module in unit.paths.items()]
        known = [one for one in paths if one is not None]
        if len(known) < len(paths):
            return None
        local = [one for one in known if math.isfinite(one.size)] or known
        strides = {one.stride for one in local}
        assert len(strides) == 1, f"paths that stride differently can't be merged: {strides}"
        merged = _AxisField(max(one.size for one in local), strides.pop())
        return self.trace(f"{name}.after", unit.after, merged)

    def _layer(self, module: nn.Module, field: _AxisField | None) -> _AxisField | None:
        if isinstance(module, _GLOBAL_LAYERS):
            return _AxisField(math.inf, 1 if field is None else field.stride)
        if field is None or isinstance(module, GridPool):
            return None
        if isinstance(module, nn.Conv2d | LocallyConnected2d | nn.MaxPool2d | nn.AvgPool2d):
            dilation = self._at(module.dilation) if isinstance(module, nn.Conv2d | nn.MaxPool2d) else 1
            return field.through(self._at(module.kernel_size), self._at(module.stride), dilation)
        return field.through(1, module.stride) if isinstance(module, PadSkip) else field

    def _at(self, value: int | tuple[int, ...] | None) -> int:
        assert value is not None
        return value if isinstance(value, int) else value[self._axis]
