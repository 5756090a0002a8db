"""A backward pass that is changed on its way, behind a forward pass that is not."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, final

import torch
from torch import Tensor, nn

from depthlab.nn import Network, evaluating

Change = Callable[[Tensor], Tensor]  # of the gradient (N, ...) at the output of a module


@contextmanager
def changed_gradients(network: nn.Module, changes: Iterable[tuple[nn.Module, Change]]) -> Iterator[None]:
    """Let gradients be changed at the outputs of modules for a while.

    The network is in evaluation mode, and its weights get no gradients. Everything is put back afterwards.
    """
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    hooks = [module.register_forward_hook(_hook(change)) for module, change in changes]
    try:
        for parameter in trained:
            parameter.requires_grad_(False)
        with evaluating(network), torch.enable_grad():
            yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)
        for hook in hooks:
            hook.remove()


def forward(network: Network, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return images (N, C, H, W) that a gradient can reach, the first unit's input, and the scores (N, K)."""
    entered: list[Tensor] = []
    first = next(iter(network.units()))
    hook = first.register_forward_pre_hook(lambda unit, inputs: entered.append(inputs[0]))
    images = images.detach().requires_grad_()
    try:
        scores = network(images)
    finally:
        hook.remove()
    return images, entered[0], scores


def _hook(change: Change) -> Callable[[nn.Module, Any, Tensor], Tensor]:
    def hook(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        same: Tensor = _Changed.apply(output, change)  # type: ignore[no-untyped-call]
        return same

    return hook


@final
class _Changed(torch.autograd.Function):
    """The identity, whose backward pass makes the change. A hook on the tensor would not do: an identity puts out the
    very tensor that other paths read, and would see their gradient too.
    """

    @staticmethod
    def forward(ctx: Any, output: Tensor, change: Change) -> Tensor:
        ctx.change = change
        return output.view_as(output)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.change(gradient), None
