"""The gradient along single paths: how much of it arrives, by the path's length (Veit et al. 2016, sec. 5 and Fig. 6).

With the forward pass fixed, the backward pass is linear, and at each merge the gradient of the input is the sum of what
each path hands back. So the whole gradient is the sum over all paths of what comes back along one alone: where every
other path of every `Parallel` on the way hands back nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.measures.gradients import Loss
from depthlab.nn import Network, Parallel, evaluating
from depthlab.questions.paths.measure.path_lengths import By, PathChoice, PathSet, paths_through
from depthlab.questions.paths.record import PathGradients, SampledLength

FEW_PATHS = 256  # up to here all of them are followed, beside the sample

Batch = tuple[Tensor, Tensor]


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
    are branches of units, or weighted layers where all paths go through as many branches. Where there are at most 256
    paths, the mean over all of them is told too.

    Args:
        network: Of any family; it is left as it is.
        batches: Normalized images (N, C, H, W) and labels (N,) or class shares (N, K), on the network's device.
        loss: Of logits (N, K) and labels, a mean over the batch; the gradient is that of each image's own loss.
        draws: Paths for each image and length.
        seed: Of the paths.

    Raises:
        ValueError: the network is not one of units.
    """
    paths, by = sampled_paths(network)
    lengths = [length for length, count in enumerate(paths.lengths) if count]
    found = {length: _Norms(draws) for length in lengths}
    random = Random(seed)
    with routed_gradients(network) as router:
        passes = [router.forward(images, labels, loss) for images, labels in batches]
        for draw in range(draws):
            for one in passes:
                for length in lengths:
                    choices = [list(paths.draw(length, random)) for _ in range(one.images)]
                    found[length].add(draw, *one.norms(choices))
        full = [torch.cat(norms) for norms in zip(*(one.norms(None) for one in passes), strict=True)]
        exact = _exact(paths, passes) if sum(paths.lengths) <= FEW_PATHS else ()
    return PathGradients(
        by=by,
        images=sum(one.images for one in passes),
        draws=draws,
        lengths=tuple(found[length].record(length, paths.lengths[length]) for length in lengths),
        full_at_stack=float(full[0].mean()),
        full_at_image=float(full[1].mean()),
        exact=exact,
    )


def sampled_paths(network: nn.Module) -> tuple[PathSet, By]:
    """Return the paths by branches of units, or by weighted layers where all have as many branches.

    Raises `ValueError` for a network that is not one of units.
    """
    paths = paths_through(network, "branches")
    if sum(count > 0 for count in paths.lengths) == 1 < sum(paths.lengths):
        return paths_through(network, "layers"), "layers"
    return paths, "branches"


def _exact(paths: PathSet, passes: "Sequence[ForwardPass]") -> tuple[float, ...]:
    """Return the mean norm at the stack over every path of each length and every image."""
    sums: dict[int, float] = {}
    for length, choices in paths.all_paths():
        sums[length] = sums.get(length, 0.0) + sum(float(one.norms([choices] * one.images)[0].sum()) for one in passes)
    images = sum(one.images for one in passes)
    return tuple(sums[length] / (paths.lengths[length] * images) for length in sorted(sums))


@final
class ForwardPass:
    """One forward pass of the whole network, behind which the gradient can be sent back along any paths."""

    def __init__(self, router: "GradientRouter", images: Tensor, stack: Tensor, loss: Tensor) -> None:
        self._router, self._ends, self._loss = router, (stack, images), loss
        self.images = len(images)

    def gradients(self, choices: Sequence[Iterable[PathChoice]] | None) -> tuple[Tensor, Tensor]:
        """Return each image's gradient at the input of the first unit and at the image itself.

        `choices` has a path for each image; None is the whole gradient, along all paths.
        """
        self._router.choose(choices)
        try:
            stack, images = torch.autograd.grad(self._loss, self._ends, retain_graph=True)
        finally:
            self._router.choose(None)
        return stack, images

    def norms(self, choices: Sequence[Iterable[PathChoice]] | None) -> tuple[Tensor, Tensor]:
        """Return the L2 norms of `gradients`, a number for each image."""
        stack, images = self.gradients(choices)
        return stack.flatten(1).double().norm(dim=1).cpu(), images.flatten(1).double().norm(dim=1).cpu()


@final
class GradientRouter:
    """Decides which paths hand the gradient back, image by image."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._open: dict[PathChoice, Tensor] | None = None  # 1 for the images whose path it is on, else 0
        self._images, self._device = 0, next(network.parameters()).device

    def choose(self, choices: Sequence[Iterable[PathChoice]] | None) -> None:
        """Set the path of each image of the next backward pass; None opens all."""
        if choices is None:
            self._open = None
            return
        members: dict[PathChoice, list[int]] = {}
        for place, path in enumerate(choices):
            for choice in path:
                members.setdefault(choice, []).append(place)
        self._open = {}
        for choice, places in members.items():
            mask = torch.zeros(len(choices))
            mask[places] = 1.0
            self._open[choice] = mask.to(self._device)

    def route(self, choice: PathChoice, gradient: Tensor) -> Tensor:
        """Return what a path hands back of the gradient (N, ...) at its output."""
        if self._open is None:
            return gradient
        mask = self._open.get(choice)
        if mask is None:  # no image's path
            return torch.zeros_like(gradient)
        return gradient * mask.to(gradient.dtype).view(-1, *[1] * (gradient.ndim - 1))

    def forward(self, images: Tensor, labels: Tensor, loss: Loss) -> ForwardPass:
        """Compute the loss of each image, and keep what the backward pass needs."""
        entered: list[Tensor] = []
        first = next(iter(self._network.units()))
        hook = first.register_forward_pre_hook(lambda unit, inputs: entered.append(inputs[0]))
        images = images.detach().requires_grad_()
        try:
            with torch.enable_grad():
                value = loss(self._network(images), labels) * len(images)  # a sum: images are apart in evaluation mode
        finally:
            hook.remove()
        return ForwardPass(self, images, entered[0], value)


@contextmanager
def routed_gradients(network: nn.Module) -> Iterator[GradientRouter]:
    """Let the gradient's paths through the network be chosen for a while; evaluation mode, no gradients of weights.

    Nothing changes in the forward pass, and everything is put back afterwards.
    """
    assert isinstance(network, Network)
    router = GradientRouter(network)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    hooks = [
        path.register_forward_hook(_routing_hook(router, (name, option)))
        for name, unit in network.named_modules()
        if isinstance(unit, Parallel)
        for option, path in unit.paths.items()
    ]
    try:
        for parameter in trained:
            parameter.requires_grad_(False)
        with evaluating(network):
            yield router
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)
        for hook in hooks:
            hook.remove()


def _routing_hook(router: GradientRouter, choice: PathChoice) -> Callable[[nn.Module, Any, Tensor], Tensor]:
    def route_output(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        handed: Tensor = _RoutedIdentity.apply(output, router, choice)  # type: ignore[no-untyped-call]
        return handed

    return route_output


@final
class _RoutedIdentity(torch.autograd.Function):
    """The identity, whose backward pass asks the routes. A hook on the tensor would not do: an identity puts out the
    very tensor that other paths read, and would hear their gradient too.
    """

    @staticmethod
    def forward(ctx: Any, output: Tensor, router: GradientRouter, choice: PathChoice) -> Tensor:
        ctx.router, ctx.choice = router, choice
        return output.view_as(output)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return ctx.router.route(ctx.choice, gradient), None, None


@final
class _Norms:
    """Norms of one length, summed up."""

    def __init__(self, draws: int) -> None:
        self._sums = [[0.0, 0.0] for _ in range(draws)]
        self._logs: list[Tensor] = []
        self._images = [0] * draws

    def add(self, draw: int, stack: Tensor, image: Tensor) -> None:
        self._sums[draw][0] += float(stack.sum())
        self._sums[draw][1] += float(image.sum())
        self._images[draw] += len(stack)
        self._logs.append(stack.log10())

    def record(self, length: int, paths: int) -> SampledLength:
        logs = torch.cat(self._logs)
        there = logs[logs.isfinite()]
        at_stack, at_image = (
            tuple(sums[end] / images for sums, images in zip(self._sums, self._images, strict=True)) for end in (0, 1)
        )
        return SampledLength(
            length=length,
            paths=paths,
            samples=len(logs),
            at_stack=at_stack,
            at_image=at_image,
            log_mean=float(there.mean()) if len(there) else None,
            log_std=float(there.std()) if len(there) > 1 else None,
            zeros=len(logs) - len(there),
        )


def path_gradients(
    network: nn.Module, batch: Batch, loss: Loss = F.cross_entropy
) -> Mapping[tuple[PathChoice, ...], Tensor]:
    """Return the gradient at the first unit's input (N, C, H, W) by path, for small networks."""
    paths, _ = sampled_paths(network)
    with routed_gradients(network) as router:
        one = router.forward(*batch, loss)
        return {choices: one.gradients([choices] * one.images)[0] for _, choices in paths.all_paths()}
