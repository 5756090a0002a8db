"""The most memory that features take at once while a network answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from depthlab.nn import evaluating


def measure_peak(net: nn.Module, image: tuple[int, int, int], device: torch.device) -> int:
    """Return the bytes of features that are there at once, at most, for one image in evaluation without gradients.

    The image counts, weights and buffers don't, and neither does what a kernel takes for itself while it works. Counted
    whenever an operation is done, so that what it read and what it put out are both there. A unit's input stays until
    its paths are merged, and a stage's until the stage is done, as PyTorch runs the modules.
    """
    there = {tensor.untyped_storage()._cdata for tensor in (*net.parameters(), *net.buffers())}
    with evaluating(net), torch.no_grad():
        images = torch.zeros(1, *image, device=device)
        watch = _Watch(there)
        with watch:
            watch.see(images)
            net(images)
    return watch.peak


@final
class _Watch(TorchDispatchMode):
    """Sees every tensor that is made, and notes how many bytes are there at once."""

    def __init__(self, aside: set[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._aside = aside
        self._there: dict[StorageWeakRef, int] = {}
        self.peak: int = 0

    def see(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self._aside:
            self._there[StorageWeakRef(storage)] = storage.nbytes()

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, Tensor):
                self.see(leaf)
        self._there = {storage: size for storage, size in self._there.items() if not storage.expired()}
        self.peak = max(self.peak, sum(self._there.values()))
        return out
