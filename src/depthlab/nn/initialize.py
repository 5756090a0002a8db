"""Weights at the start of training."""

import math

from torch import nn


def initialize(net: nn.Module) -> None:
    """Set the weights of every convolution, batch norm and linear layer in `net`, in place.

    Convolutions draw from a normal distribution of mean 0 and variance 2 / (k * k * out_channels), the backward form
    of He et al. 2015 (arXiv 1502.01852, eq. 14) that fb.resnet.torch uses too; their biases are 0. Batch norm starts
    as weight 1 and bias 0; linear layers keep PyTorch's default, uniform within 1 / sqrt(in_features).
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            nn.init.normal_(module.weight, std=math.sqrt(2.0 / (height * width * module.out_channels)))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            module.reset_parameters()
