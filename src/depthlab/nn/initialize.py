"""Weights at the start of training."""

import math
from typing import Literal

from torch import nn

from depthlab.nn.locally_connected import LocallyConnected2d


def initialize(net: nn.Module, *, fan: Literal["out", "in"] = "out") -> None:
    """Set the weights of every convolution, locally connected layer, batch norm and linear layer in `net`, in place.

    Weights of convolutions, and of locally connected layers, are drawn from a normal distribution of mean 0 and
    variance 2 / (k * k * out_channels), the backward form of He et al. 2015 (arXiv 1502.01852, eq. 14) that
    fb.resnet.torch uses too; their biases are 0. Batch norm starts with weight 1 and bias 0; linear layers keep
    PyTorch's default, uniform within 1 / sqrt(in_features).

    `fan="in"` uses the input channels of a filter instead (eq. 10). It preserves the scale of the features from layer
    to layer, which networks without batch norm need where a layer has more output than input channels.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d | LocallyConnected2d):
            nn.init.normal_(module.weight, std=math.sqrt(2.0 / _fan(module, fan)))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            module.reset_parameters()


def _fan(layer: nn.Conv2d | LocallyConnected2d, fan: Literal["out", "in"]) -> int:
    height, width = layer.kernel_size
    if fan == "out":
        return height * width * layer.out_channels
    groups = layer.groups if isinstance(layer, nn.Conv2d) else 1
    return height * width * layer.in_channels // groups
