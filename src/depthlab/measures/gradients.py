"""How much of the loss's gradient reaches each layer."""

import copy
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.measures.layers import WEIGHTED, main_layers
from depthlab.records import LayerValue

Loss = Callable[[Tensor, Tensor], Tensor]


def measure_gradients(
    network: nn.Module, batches: Iterable[tuple[Tensor, Tensor]], *, loss: Loss = F.cross_entropy
) -> tuple[LayerValue, ...]:
    """Return the L2 norm of the loss's gradient with respect to each layer's weight, the mean over the batches.

    In training mode, as an optimizer sees it: batch normalization takes each batch's own statistics, and dropout draws
    from a fixed seed. It does not include the gradient of weight decay. The network itself is left as it is.

    Args:
        network: Of any family; layers are its convolutions and linear layers along the main path.
        batches: Normalized images (N, C, H, W) and labels (N,) or class shares (N, K), on the network's device.
        loss: Of logits (N, K) and labels, a mean over the batch.
    """
    network = copy.deepcopy(network).train()
    weights = {name: layer.weight for name, layer in main_layers(network, WEIGHTED).items()}
    trained = {name: weight for name, weight in weights.items() if isinstance(weight, nn.Parameter)}
    norms = {name: 0.0 for name in trained}
    count = 0
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for images, labels in batches:
            value = loss(network(images).float(), labels)
            gradients = torch.autograd.grad(value, list(trained.values()), allow_unused=True)
            for name, gradient in zip(trained, gradients, strict=True):
                norms[name] += float(gradient.float().norm()) if gradient is not None else 0.0
            count += 1
    assert count, "no batch, no gradient"
    return tuple(LayerValue(name, norm / count, "weight") for name, norm in norms.items())
