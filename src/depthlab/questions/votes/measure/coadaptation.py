"""What the units of a layer have in common: how much their activations go together, and how many are silent.

Dropout is meant to keep units from relying on each other, and was seen to make activations sparse (Srivastava et al.
2014, sec. 7.1 and 7.2, on networks of fully connected layers).
"""

from collections.abc import Iterable
from typing import Any, final

import torch
from torch import Tensor, nn

from depthlab.nn import evaluating
from depthlab.questions.votes.record import LayerFeatures

ACTIVATIONS = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.ELU, nn.CELU, nn.SELU, nn.GELU, nn.SiLU, nn.Mish),
    *(nn.Hardswish, nn.Softplus, nn.Softsign, nn.Tanh, nn.Hardtanh, nn.Sigmoid, nn.Hardsigmoid),
)
_NOTHING = 1e-6  # of its mean square, below which a unit's variance over images is rounding


@torch.no_grad()
def measure_features(network: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> tuple[LayerFeatures, ...]:
    """Return what each layer's units have in common, behind its nonlinearity, in the order of the forward pass.

    A unit is a feature of a fully connected layer or a channel of a convolution; a channel's activation on an image is
    its mean over the pixels there. The correlation is Pearson's over images, |r| averaged over all pairs of units that
    are not silent. Classes make units go together as well, and with N images even independent units have a mean |r|
    of about sqrt(2 / (π N)): compare it between networks on the same images. The share of zeros and the mean
    activation are over all images, units and pixels.

    Args:
        network: Of any family; it is put into evaluation mode, and back.
        batches: Of normalized images (N, C, H, W) on the network's device, with labels.
    """
    names: dict[nn.Module, str] = {
        module: name for name, module in network.named_modules() if isinstance(module, ACTIVATIONS)
    }
    recorder = _LayerRecorder(names)
    hooks: list[Any] = [module.register_forward_hook(recorder.record) for module in names]
    hooks.append(network.register_forward_pre_hook(recorder.begin))
    try:
        with evaluating(network):
            for images, _ in batches:
                network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return tuple(layer.features(name) for name, layer in recorder.layers.items())


def mean_correlation(activations: Tensor) -> tuple[float | None, int]:
    """Return the mean |r| of pairs of units (images, units), and how many units are silent: the same for every image.

    None if less than two units are not silent.
    """
    x = activations.double()
    centered = x - x.mean(dim=0)
    spread = centered.square().mean(dim=0)
    there = spread > _NOTHING * x.square().mean(dim=0)
    silent, units = int((~there).sum()), int(there.sum())
    if units < 2:
        return None, silent
    scaled = centered[:, there] / spread[there].sqrt()
    correlation = (scaled.T @ scaled / len(x)).abs()
    return float((correlation.sum() - correlation.diagonal().sum()) / (units * (units - 1))), silent


@final
class _Layer:
    """What one layer put out, image by image and in all."""

    def __init__(self) -> None:
        self._units: list[Tensor] = []
        self._zeros, self._sum, self._count = 0.0, 0.0, 0

    def add(self, output: Tensor) -> None:
        self._units.append(output.flatten(2).mean(dim=2).double().cpu() if output.ndim > 2 else output.double().cpu())
        self._zeros += float((output == 0).sum())
        self._sum += float(output.double().sum())
        self._count += output.numel()

    def features(self, name: str) -> LayerFeatures:
        units = torch.cat(self._units)
        correlation, silent = mean_correlation(units)
        return LayerFeatures(
            name, units.shape[1], silent, correlation, self._zeros / self._count, self._sum / self._count
        )


@final
class _LayerRecorder:
    """Layers by name; a module that is passed several times has a layer each time."""

    def __init__(self, names: dict[nn.Module, str]) -> None:
        self.layers: dict[str, _Layer] = {}
        self._names = names
        self._passes: dict[str, int] = {}

    def begin(self, network: nn.Module, inputs: Any) -> None:
        self._passes.clear()

    def record(self, module: nn.Module, inputs: Any, output: Tensor) -> None:
        name = self._names[module]
        self._passes[name] = self._passes.get(name, 0) + 1
        passed = self._passes[name]
        self.layers.setdefault(name if passed == 1 else f"{name} ({passed})", _Layer()).add(output)
