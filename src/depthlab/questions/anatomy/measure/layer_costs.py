"""What each layer of a network costs: parameters, multiply-adds, and features that are kept for the backward pass."""

from collections import defaultdict
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from depthlab.nn import Network, evaluating
from depthlab.questions.anatomy.measure.trace import shape_of, trace_modules

Shape = tuple[int, int, int]


@final
@dataclass(frozen=True)
class LayerWork:
    """What a module did in evaluation mode, on one image; its own work is what no module inside of it did."""

    input: tuple[int, ...] | None
    output: tuple[int, ...] | None
    multiply_adds: int  # its own, over all of its calls


def count_work(net: nn.Module, image: Shape, device: torch.device) -> dict[str, LayerWork]:
    """Return what each module did, by name, in the order in which they began; "" is the network itself.

    Multiply-adds are those of convolutions and matrix products; together they are those of `measure_cost`.
    """
    counter = FlopCounterMode(display=False)
    work: dict[str, int] = {}
    inputs: dict[str, tuple[int, ...] | None] = {}
    outputs: dict[str, tuple[int, ...] | None] = {}
    at_work: list[tuple[int, int]] = []  # multiply-adds when a module began, and those inside of it so far

    def begin(name: str, given: object) -> None:
        work.setdefault(name, 0)
        inputs[name] = shape_of(given)
        at_work.append((_counted(counter), 0))

    def end(name: str, output: object) -> None:
        start, inside = at_work.pop()
        all_of_it = _counted(counter) - start
        work[name] += all_of_it - inside
        outputs[name] = shape_of(output)
        if at_work:
            above, beside = at_work.pop()
            at_work.append((above, beside + all_of_it))

    with evaluating(net), torch.no_grad(), counter, trace_modules(net, begins=begin, ends=end):
        net(torch.zeros(1, *image, device=device))
    return {name: LayerWork(inputs[name], outputs[name], own) for name, own in work.items()}


def _counted(counter: FlopCounterMode) -> int:
    return counter.get_total_flops() // 2  # it counts a multiply-add as two operations


@final
@dataclass(frozen=True)
class SavedTensors:
    """Bytes that are kept for the backward pass: those of each further image, by module, and those kept once."""

    per_image: dict[str, int]
    once: int

    @property
    def total(self) -> int:
        """Return the bytes of each further image."""
        return sum(self.per_image.values())


def measure_saved(net: nn.Module, image: Shape, device: torch.device) -> SavedTensors:
    """Count what autograd keeps of a forward pass, as its float32 kernels on a processor save it.

    What two layers need is kept once, and counted where it is needed first; so is the image itself. Weights and buffers
    don't count: they are there anyway. Passes over two batch sizes tell what grows with the batch, as a batch of one
    image is none for batch norm. `net` is run in the mode that it is in, which is that of training when it was just
    built, with its auxiliary heads, and is changed by it if it is not on the meta device: hand in a copy.

    Raises:
        ValueError: what is kept differs from batch to batch in more than size.
    """
    few, more = (_saved(net, image, device, batch) for batch in (2, 3))
    if [name for name, _ in few] != [name for name, _ in more]:
        raise ValueError("what is kept depends on the batch")
    per_image: dict[str, int] = defaultdict(int)
    once = 0
    for (name, two), (_, three) in zip(few, more, strict=True):
        per_image[name] += three - two
        once += 3 * two - 2 * three
    return SavedTensors(dict(per_image), once)


def _saved(net: nn.Module, image: Shape, device: torch.device, batch: int) -> list[tuple[str, int]]:
    """Return the module and the bytes of each stretch of memory that is saved, in order."""
    there = {tensor.untyped_storage()._cdata for tensor in (*net.parameters(), *net.buffers())}
    seen: dict[int, torch.UntypedStorage] = {}  # kept, or its address could come again
    found: list[tuple[str, int]] = []

    with trace_modules(net) as stack:

        def save(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in there and storage._cdata not in seen:
                seen[storage._cdata] = storage
                found.append((stack.innermost, storage.nbytes()))
            return tensor

        images = torch.zeros(batch, *image, device=device)
        with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
            if isinstance(net, Network) and len(net.auxiliary):
                net.all_logits(images)
            else:
                net(images)
    return found
