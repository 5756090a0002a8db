"""Networks sampled from one network: dropout and stochastic depth drop as in training, all else is as in evaluation.

A sampled network is what training saw. What is kept is divided by the probability to be kept: dropout modules do so
while training, and `DropPath` does too, so the batch normalization behind them has its statistics from inputs of that
size, and its statistics stay as trained. A unit whose branch is kept therefore weighs 1 / (1 - p) of what it weighs in
the whole network, which is not the network that is left when other units are cut out of the whole one (Veit et al.
2016). Huang et al. 2016 scale at test time instead, which is the same network up to the factor that normalization sees.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, final

import torch
from torch import Tensor, nn

from depthlab.nn import DropPath, evaluating

Per = Literal["network", "image"]

_OF_CHANNELS = (nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
DROPOUTS = (nn.Dropout, *_OF_CHANNELS)


def dropout_layers(network: nn.Module) -> list[nn.Module]:
    """Return the modules that drop features, or whole channels, at a rate above 0."""
    return [module for module in network.modules() if isinstance(module, DROPOUTS) and 0 < module.p < 1]


def drop_path_layers(network: nn.Module) -> list[nn.Module]:
    """Return the modules that drop whole paths at a rate above 0."""
    return [module for module in network.modules() if isinstance(module, DropPath) and module.p > 0]


@contextmanager
def sampled(network: nn.Module, layers: Sequence[nn.Module], *, seed: int, per: Per = "network") -> Iterator[None]:
    """Let `layers` drop while the context lasts, all other modules in evaluation mode; leave the network as it was.

    Args:
        network: Whatever `layers` are modules of.
        layers: Of `dropout_layers` or `drop_path_layers`.
        seed: Of the masks, which are drawn on the CPU: they are the same on any device, and no generator of anybody
            else is touched.
        per: "network" draws one mask for all images that pass, so that every image meets the same network however
            images are batched; "image" draws one for each image, as training does. Of one image both have the same
            distribution, so a mean over images and draws has the same expectation; it spreads less with "image".
    """
    masks = _Masks(torch.Generator().manual_seed(seed), per)
    with evaluating(network):
        hooks: list[Any] = [network.register_forward_pre_hook(masks.begin)]
        hooks += [layer.register_forward_hook(masks.drop) for layer in layers]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()


@final
class _Masks:
    """The masks of one sampled network, in the order in which a pass meets its layers."""

    def __init__(self, generator: torch.Generator, per: Per) -> None:
        self._generator = generator
        self._per = per
        self._kept: list[Tensor] = []
        self._place = 0

    def begin(self, network: nn.Module, inputs: Any) -> None:
        self._place = 0
        if self._per == "image":
            self._kept.clear()

    def drop(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        if self._place == len(self._kept):
            self._kept.append(self._draw(layer, output))
        mask = self._kept[self._place]
        self._place += 1
        return output * mask

    def _draw(self, layer: nn.Module, x: Tensor) -> Tensor:
        rate = layer.p
        assert isinstance(rate, float)
        images = 1 if self._per == "network" else x.shape[0]
        features = x.shape[1:]
        if isinstance(layer, DropPath):
            features = torch.Size([1] * len(features))
        elif isinstance(layer, _OF_CHANNELS):
            features = torch.Size([features[0], *[1] * (len(features) - 1)])
        kept = torch.rand((images, *features), generator=self._generator) >= rate
        return (kept / (1 - rate)).to(device=x.device, dtype=x.dtype)
