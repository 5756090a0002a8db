"""The cost of a network: parameters and multiply-adds, counted without computing anything."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from depthlab.nn.meta import on_meta_device
from depthlab.nn.modes import evaluating


@dataclass(frozen=True)
class Cost:
    """Trainable parameters, and multiply-adds for one image."""

    parameters: int
    multiply_adds: int


def measure_cost(net: nn.Module, image: tuple[int, int, int]) -> Cost:
    """Count the parameters of `net` and its multiply-adds on one image of shape (C, H, W), in evaluation mode.

    Multiply-adds are those of convolutions and matrix products, as papers count them: a multiply-add counts once; batch
    norm, activations, pooling and biases are free. Nothing is computed: the count runs on a copy on the meta device,
    which shares no memory with `net`. A network that can't run there, such as one whose forward pass reads a tensor's
    value, runs on its own device instead.
    """
    parameters = sum(p.numel() for p in net.parameters() if p.requires_grad)
    try:
        multiply_adds = _count_multiply_adds(on_meta_device(net), image, torch.device("meta"))
    except (NotImplementedError, RuntimeError):
        multiply_adds = _count_multiply_adds(net, image, next(net.parameters()).device)
    return Cost(parameters=parameters, multiply_adds=multiply_adds)


def _count_multiply_adds(net: nn.Module, image: tuple[int, int, int], device: torch.device) -> int:
    counter = FlopCounterMode(display=False)
    with evaluating(net), torch.no_grad(), counter:
        net(torch.zeros(1, *image, device=device))
    return counter.get_total_flops() // 2  # it counts a multiply-add as two operations
