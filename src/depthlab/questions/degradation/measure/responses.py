"""How strongly each layer responds: the standard deviation of what it puts out, before the nonlinearity."""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, final

import torch
from torch import Tensor, nn

from depthlab.measures.layers import CONVOLUTIONS, main_layers
from depthlab.nn import evaluating
from depthlab.records import LayerValue

_NORMALIZATIONS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm)


@torch.no_grad()
def measure_responses(network: nn.Module, batches: Iterable[Tensor]) -> tuple[LayerValue, ...]:
    """Return the standard deviation of each layer's response, over images, channels and positions together.

    A response is what the normalization right behind a convolution puts out, before ReLU and addition (He et al. 2015,
    arXiv 1512.03385, sec. 4.2 and Fig. 7). Where no normalization takes a convolution's output as it is, it is that
    output, and `of` says so. A network without convolutions has the responses of its linear layers but the last.

    Args:
        network: Of any family; it is put into evaluation mode, and back.
        batches: Of normalized images (N, C, H, W) on the network's device.
    """
    layers = main_layers(network, CONVOLUTIONS) or dict(list(main_layers(network, (nn.Linear,)).items())[:-1])
    listener = _Listener()
    hooks = [layer.register_forward_hook(listener.hear_layer(name)) for name, layer in layers.items()]
    hooks += [
        module.register_forward_hook(listener.hear_normalization)
        for module in network.modules()
        if isinstance(module, _NORMALIZATIONS)
    ]
    try:
        with evaluating(network):
            for images in batches:
                network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return tuple(listener.value(name) for name in layers if name in listener.raw)


@final
class _Listener:
    """Hears what layers put out, and which normalization takes it up."""

    def __init__(self) -> None:
        self.raw: dict[str, _Moments] = {}
        self._normalized: dict[str, _Moments] = {}
        self._open: dict[int, tuple[str, weakref.ref[Tensor]]] = {}  # outputs that may still be normalized, by id

    def hear_layer(self, name: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hear(module: nn.Module, inputs: Any, output: Tensor) -> None:
            self.raw.setdefault(name, _Moments()).add(output)
            self._open[id(output)] = (name, weakref.ref(output))

        return hear

    def hear_normalization(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        name, reference = self._open.pop(id(inputs[0]), (None, None))
        if name is not None and reference is not None and reference() is inputs[0]:  # ids come again, tensors don't
            self._normalized.setdefault(name, _Moments()).add(output)

    def value(self, name: str) -> LayerValue:
        normalized = self._normalized.get(name)
        if normalized is not None:
            return LayerValue(name, normalized.std, "normalization")
        return LayerValue(name, self.raw[name].std, "layer itself")


@final
class _Moments:
    """Count, mean and squares around the mean of numbers that come in parts (Chan et al. 1979)."""

    def __init__(self) -> None:
        self._count, self._mean, self._squares = 0, 0.0, 0.0

    def add(self, numbers: Tensor) -> None:
        variance, mean = (float(x) for x in torch.var_mean(numbers.float(), correction=0))
        count, total = numbers.numel(), self._count + numbers.numel()
        apart = mean - self._mean
        self._mean += apart * count / total
        self._squares += variance * count + apart**2 * self._count * count / total
        self._count = total

    @property
    def std(self) -> float:
        return float((self._squares / self._count) ** 0.5)
