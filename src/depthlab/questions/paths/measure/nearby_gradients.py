"""How alike gradients are at inputs near each other: Balduzzi et al. 2017, "The Shattered Gradients Problem".

The paper (arXiv 1702.08591, Figures 1 and 2) walks along a line of inputs, and draws the autocorrelation of the
gradient with respect to the input: of a shallow network it falls off slowly, as that of brown noise; of a deep plain
one the gradients at neighbors have nothing in common, as white noise; residual networks lie between.
"""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from depthlab.nn import evaluating
from depthlab.questions.paths.record import NearbyGradients

BATCH = 128  # points whose gradients are computed at once

_NORMALIZATIONS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def measure_nearby_gradients(
    network: nn.Module, starts: Tensor, ends: Tensor, labels: Tensor, *, points: int = 64
) -> NearbyGradients:
    """Return the autocorrelation of the input's gradient along straight lines from image to image.

    On the line from image a to image b stand T = `points` inputs x_t = a + (b - a) t / (T - 1), and g_t is the gradient
    at x_t of one score, that of a's class, with respect to all of the input. With m the mean of g over the line, the
    correlation at lag s is that of a time series, its products summed over all coordinates:

        r(s) = sum over t < T - s of <g_t - m, g_(t+s) - m> / sum over t < T of |g_t - m|²

    So r(0) = 1, and white noise has r(s) near 0, -(T - s) / T² in the mean. The network is in evaluation mode, and
    left as it is.

    Args:
        network: Of any family.
        starts: Images a (P, C, H, W), normalized, on the network's device.
        ends: Images b, as many.
        labels: The classes of `starts` (P,).
        points: On each line; 3 or more.
    """
    assert points >= 3 and starts.shape == ends.shape
    curves, dead = [], 0
    with evaluating(network):
        for start, end, label in zip(starts, ends, labels, strict=True):
            shares = torch.linspace(0, 1, points, device=start.device, dtype=start.dtype).view(-1, 1, 1, 1)
            curve = autocorrelation(_gradients(network, start + shares * (end - start), int(label)))
            if curve is None:
                dead += 1
            else:
                curves.append(curve)
    distances = (ends - starts).flatten(1).double().pow(2).mean(dim=1).sqrt() / (points - 1)
    together = torch.stack(curves) if curves else torch.empty(0, points, dtype=torch.float64)
    return NearbyGradients(
        points=points,
        lines=len(starts),
        step=float(distances.mean()),
        correlation=tuple(together.mean(dim=0).tolist()) if curves else (),
        neighbors=tuple(together[:, 1].tolist()),
        dead=dead,
    )


def autocorrelation(series: Tensor) -> Tensor | None:
    """Return r(s) for s = 0 ... T - 1 of a series (T, D); None if it does not change."""
    apart = series.double().cpu()
    apart = apart - apart.mean(dim=0)
    products = apart @ apart.T
    total = products.diagonal().sum()
    if not total > 0 or not total.isfinite():
        return None
    return torch.stack([products.diagonal(lag).sum() for lag in range(len(series))]) / total


def with_own_statistics(network: nn.Module, batches: Iterable[Tensor]) -> nn.Module:
    """Return a copy whose batch normalizations hold the mean statistics of these batches, in evaluation mode.

    A network that was never trained has none, and in evaluation mode would be one without normalization. Each batch
    (N, C, H, W) is normalized by its own statistics on the way. Without batch normalization it is a plain copy.
    """
    network = copy.deepcopy(network).eval()
    layers = [module for module in network.modules() if isinstance(module, _NORMALIZATIONS)]
    usual = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over the batches
        layer.train()
    with torch.no_grad():
        for images in batches:
            network(images)
    for layer, momentum in zip(layers, usual, strict=True):
        layer.momentum = momentum
    return network.eval()


def _gradients(network: nn.Module, inputs: Tensor, label: int) -> Tensor:
    """Return the gradient of one score at each input, shape (T, C * H * W)."""
    found = []
    for part in inputs.split(BATCH):
        part = part.detach().requires_grad_()
        with torch.enable_grad():
            score = network(part)[:, label].sum()  # images are apart in evaluation mode
            found.append(torch.autograd.grad(score, part)[0].flatten(1))
    return torch.cat(found)
