"""Kinds of initialization, for every convolution and linear layer.

    he          normal, variance gain^2 / fan (He et al. 2015, arXiv 1502.01852, eq. 10 and 14)
    xavier      uniform, variance 2 / (fan_in + fan_out) (Glorot & Bengio 2010, eq. 16), without a gain for the
                activation: features shrink at each ReLU, which He et al. corrected
    orthogonal  rows, or columns if they are fewer, of length `gain` at right angles (Saxe et al. 2014, arXiv 1312.6120)
    bad         on purpose: all weights of a layer are 1 / fan_in, so all its channels compute the same, get the same
                gradient and stay equal: width buys nothing

A filter reads fan_in inputs, and each input feeds fan_out outputs; both within one group. The gain is the activation's.
Biases are 0. All random numbers come from torch's global generator.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn

from depthlab.nn.initialize import initialize
from depthlab.nn.locally_connected import LocallyConnected2d

INITIALIZATIONS = ("he", "xavier", "orthogonal", "bad")


def initialize_as(kind: str, net: nn.Module, *, fan: Literal["out", "in"], gain: float) -> None:
    """Set the weights of `net` in place. "he" uses `fan` for convolutions, and fan_in for linear layers."""
    initialize(net, fan=fan)  # also sets the other layers, such as batch norm
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear | LocallyConnected2d):
            with torch.no_grad():
                weight = _grouped(module)
                used_fan = "in" if isinstance(module, nn.Linear) else fan
                weight.copy_(_draw(kind, weight, fan_out=_fan_out(module, weight), fan=used_fan, gain=gain))
                if module.bias is not None:
                    module.bias.zero_()


def _grouped(layer: nn.Conv2d | nn.Linear | LocallyConnected2d) -> Tensor:
    """Return a view of the weights as (groups or positions, filters, fan_in)."""
    if isinstance(layer, LocallyConnected2d):
        return layer.weight.flatten(0, 1).flatten(2)
    groups = layer.groups if isinstance(layer, nn.Conv2d) else 1
    return layer.weight.view(groups, layer.weight.shape[0] // groups, -1)


def _fan_out(layer: nn.Conv2d | nn.Linear | LocallyConnected2d, weight: Tensor) -> int:
    return weight.shape[1] if isinstance(layer, nn.Linear) else weight.shape[1] * math.prod(layer.kernel_size)


def _draw(kind: str, like: Tensor, *, fan_out: int, fan: str, gain: float) -> Tensor:
    fan_in = like.shape[-1]
    if kind == "he":
        return torch.empty_like(like).normal_(std=gain / math.sqrt(fan_in if fan == "in" else fan_out))
    if kind == "xavier":
        bound = math.sqrt(6 / (fan_in + fan_out))
        return torch.empty_like(like).uniform_(-bound, bound)
    return gain * _orthogonal(like) if kind == "orthogonal" else torch.full_like(like, 1 / fan_in)


def _orthogonal(like: Tensor) -> Tensor:
    """Return for each group the Q of a normal matrix's QR, with signs that make it uniform over all such matrices."""
    groups, rows, columns = like.shape
    normal = torch.randn(groups, max(rows, columns), min(rows, columns), dtype=like.dtype, device=like.device)
    q, r = torch.linalg.qr(normal)
    signed: Tensor = q * r.diagonal(dim1=1, dim2=2).sign().unsqueeze(1)
    return signed if rows >= columns else signed.transpose(1, 2)
