"""The gradient along single paths, by their length: a sample, as Veit et al. 2016 take it (sec. 5 and Fig. 6).

The whole gradient is the sum over all paths of what comes back along one alone: where every other path of every
`Parallel` on the way hands back nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.measures.gradients import Loss
from depthlab.nn import Network, Parallel
from depthlab.questions.paths.measure.backward import changed_gradients, forward
from depthlab.questions.paths.measure.path_lengths import PathChoice, paths_to_compare
from depthlab.questions.paths.record import PathGradients, SampledLength

Batch = tuple[Tensor, Tensor]
Choices = Sequence[Iterable[PathChoice]]  # a path for each image


def measure_path_gradients(
    network: nn.Module,
    batches: Sequence[Batch],
    *,
    loss: Loss = F.cross_entropy,
    draws: int = 8,
    seed: int = 0,
) -> PathGradients:
    """Return the norm of the gradient that arrives along sampled paths, by their length.

    The forward pass is that of the whole network in evaluation mode, once for each batch; each draw is a backward pass
    in which every image's gradient follows a path of its own, each path of a length as likely as any other. Lengths
    are branches of units, or weighted layers where all paths go through as many branches.

    Args:
        network: Of any family; it is left as it is.
        batches: Normalized images (N, C, H, W) and labels (N,) or class shares (N, K), on the network's device.
        loss: Of logits (N, K) and labels, a mean over the batch; the gradient is that of each image's own loss.
        draws: Paths for each image and length.
        seed: Of the paths.

    Raises:
        ValueError: the network is not one of units.
    """
    paths, by = paths_to_compare(network)
    lengths = [length for length, count in enumerate(paths.lengths) if count]
    found: dict[int, list[list[Tensor]]] = {length: [] for length in lengths}  # (2, images) of each draw and batch
    random = Random(seed)
    with routed_gradients(network) as router:
        passes = [router.forward(images, labels, loss) for images, labels in batches]
        for _ in range(draws):
            for length in lengths:
                choices = [[list(paths.draw(length, random)) for _ in range(one.images)] for one in passes]
                found[length].append([one.norms(chosen) for one, chosen in zip(passes, choices, strict=True)])
        full = torch.cat([one.norms(None) for one in passes], dim=1).mean(dim=1)
    return PathGradients(
        by=by,
        images=sum(one.images for one in passes),
        draws=draws,
        lengths=tuple(
            _sampled(length, paths.lengths[length], torch.stack([torch.cat(parts, dim=1) for parts in found[length]]))
            for length in lengths
        ),
        full_at_stack=float(full[0]),
        full_at_image=float(full[1]),
    )


def _sampled(length: int, paths: int, norms: Tensor) -> SampledLength:
    """Return what is told of the norms (draws, 2, images) at the stack and at the image."""
    logs = norms[:, 0].log10()
    there = logs[logs.isfinite()]
    at_stack, at_image = norms.mean(dim=2).T.tolist()
    return SampledLength(
        length=length,
        paths=paths,
        samples=logs.numel(),
        at_stack=tuple(at_stack),
        at_image=tuple(at_image),
        log_mean=float(there.mean()) if len(there) else None,
        log_std=float(there.std()) if len(there) > 1 else None,
        zeros=logs.numel() - len(there),
    )


@contextmanager
def routed_gradients(network: nn.Module) -> Iterator["GradientRouter"]:
    """Let the gradient's paths through the network be chosen for a while."""
    assert isinstance(network, Network)
    router = GradientRouter(network)
    changes = [
        (path, partial(router.route, (name, option)))
        for name, unit in network.named_modules()
        if isinstance(unit, Parallel)
        for option, path in unit.paths.items()
    ]
    with changed_gradients(network, changes):
        yield router


@final
class GradientRouter:
    """Decides which paths hand the gradient back, image by image."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._open: dict[PathChoice, Tensor] | None = None  # 1 for the images whose path it is on, else 0

    def forward(self, images: Tensor, labels: Tensor, loss: Loss) -> "ForwardPass":
        """Compute the loss of each image, and keep what the backward pass needs."""
        images, stack, scores = forward(self._network, images)
        return ForwardPass(self, images, stack, loss(scores, labels) * len(images))

    def choose(self, choices: Choices | None) -> None:
        """Set the path of each image of the next backward pass; None opens all."""
        self._open = None if choices is None else {}
        for place, path in enumerate(choices or ()):
            for choice in path:
                assert self._open is not None and choices is not None
                self._open.setdefault(choice, torch.zeros(len(choices)))[place] = 1.0

    def route(self, choice: PathChoice, gradient: Tensor) -> Tensor:
        """Return what a path hands back of the gradient (N, ...) at its output."""
        if self._open is None:
            return gradient
        mask = self._open.get(choice)
        if mask is None:  # no image's path
            return torch.zeros_like(gradient)
        return gradient * mask.to(gradient).view(-1, *[1] * (gradient.ndim - 1))


@final
class ForwardPass:
    """One forward pass of the whole network, behind which the gradient can be sent back along any paths."""

    def __init__(self, router: GradientRouter, images: Tensor, stack: Tensor, loss: Tensor) -> None:
        self._router, self._ends, self._loss = router, (stack, images), loss
        self.images = len(images)

    def gradients(self, choices: Choices | None) -> tuple[Tensor, Tensor]:
        """Return each image's gradient at the input of the first unit and at the image; None is along all paths."""
        self._router.choose(choices)
        try:
            stack, images = torch.autograd.grad(self._loss, self._ends, retain_graph=True)
        finally:
            self._router.choose(None)
        return stack, images

    def norms(self, choices: Choices | None) -> Tensor:
        """Return the L2 norms of `gradients`, (2, images)."""
        return torch.stack([gradient.flatten(1).double().norm(dim=1).cpu() for gradient in self.gradients(choices)])
