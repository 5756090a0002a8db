"""The gradient by the length of the paths that it comes along: one vector a length, exact for all paths at once.

With the forward pass fixed, the backward pass is linear: at a merge, what each path hands back is added. So a gradient
g that is told apart by length is a polynomial sum of g_k z^k, which a branch multiplies by z,

    g_k  <-  skip' g_k + branch' g_(k-1),

and 2^n paths take no more than n + 1 vectors. In the end these add up to the ordinary gradient.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.measures.gradients import Loss
from depthlab.nn import Network
from depthlab.questions.paths.measure.backward import changed_gradients, forward
from depthlab.questions.paths.measure.path_lengths import By, counted_modules, lengths_of_stem, paths_to_compare
from depthlab.questions.paths.record import GradientByLength

ROWS = 256  # images times lengths that are computed at once

Batch = tuple[Tensor, Tensor]


def measure_gradient_by_length(
    network: nn.Module, batches: Sequence[Batch], *, loss: Loss = F.cross_entropy
) -> GradientByLength | None:
    """Return the share that paths of each length have in the gradient at the first unit's input.

    With G the gradient of all images together and G_k its part along paths of length k, the share of k is
    <G_k, G> / <G, G>: the shares add up to 1, and paths that work against the others have a negative one. None where
    no gradient arrives, and where the lengths are layers and the stem has paths of several lengths.

    Args:
        network: Of any family, with several paths; it is left as it is.
        batches: Normalized images (N, C, H, W) and labels (N,), on the network's device.
        loss: Of logits (N, K) and labels, a mean over the batch; the gradient is that of each image's own loss.

    Raises:
        ValueError: the network is not one of units.
    """
    paths, by = paths_to_compare(network)
    stem = lengths_of_stem(network, by)
    if len(stem) > 1:
        return None
    size = max(1, ROWS // len(paths.lengths))
    parts = [pair for images, labels in batches for pair in zip(images.split(size), labels.split(size), strict=True)]
    vectors = [gradients_by_length(network, images, labels, loss=loss, by=by) for images, labels in parts]
    found = torch.cat([part.flatten(2) for part in vectors], dim=1).flatten(1).double().cpu()  # (lengths, all numbers)
    whole = found.sum(dim=0)
    total = float(whole @ whole)
    if not total > 0:
        return None
    lengths = [length for length, count in enumerate(paths.lengths) if count]
    found = found[[length - stem[0] for length in lengths]]
    return GradientByLength(
        by=by,
        images=sum(len(labels) for _, labels in batches),
        lengths=tuple(lengths),
        paths=tuple(paths.lengths[length] for length in lengths),
        shares=tuple((found @ whole / total).tolist()),
        norms=tuple((found.norm(dim=1) / total**0.5).tolist()),
    )


def gradients_by_length(
    network: nn.Module, images: Tensor, labels: Tensor, *, loss: Loss = F.cross_entropy, by: By = "branches"
) -> Tensor:
    """Return the gradient (K, N, C, H, W) at the first unit's input along paths of length 0, 1, ... K - 1.

    Lengths are told apart by copies of the images: copy k carries the coefficient of z^k, so that a branch hands each
    copy's gradient on to the next one. The stem's layers are behind this point and don't count.
    """
    assert isinstance(network, Network)
    copies = len(paths_to_compare(network)[0].lengths)

    def longer(gradient: Tensor) -> Tensor:
        return torch.cat([torch.zeros_like(gradient[: len(images)]), gradient[: -len(images)]])

    with changed_gradients(network, [(module, longer) for module in counted_modules(network, by)]):
        _, stack, scores = forward(network, images.repeat(copies, 1, 1, 1))
        value = loss(scores[: len(images)], labels) * len(images)  # a sum: images are apart in evaluation mode
        (found,) = torch.autograd.grad(value, stack)
    vectors: Tensor = found.unflatten(0, (copies, len(images)))
    return vectors
