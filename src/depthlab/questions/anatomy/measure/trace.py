"""Listen to the modules of a network while it runs: which one is at work, and what each puts out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, final

from torch import Tensor, nn

Note = Callable[[str, object], None]  # a module's name, and its first input or its output


@final
class Stack:
    """The modules that are at work, the outermost first, by name."""

    def __init__(self) -> None:
        self.names: list[str] = [""]

    @property
    def innermost(self) -> str:
        """Return the module that computes now: "" for what no module of the network does."""
        return self.names[-1]


@contextmanager
def trace_modules(net: nn.Module, *, begins: Note | None = None, ends: Note | None = None) -> Iterator[Stack]:
    """Keep a stack of the modules at work; `begins` and `ends` are called as each starts and is done."""
    stack = Stack()

    def start(name: str) -> Callable[[nn.Module, tuple[Any, ...]], None]:
        def started(module: nn.Module, inputs: tuple[Any, ...]) -> None:
            stack.names.append(name)
            if begins is not None:
                begins(name, inputs[0] if inputs else None)

        return started

    def stop(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def stopped(module: nn.Module, inputs: Any, output: Any) -> None:
            if ends is not None:
                ends(name, output)
            stack.names.pop()

        return stopped

    hooks = []
    for name, module in net.named_modules():
        hooks += [module.register_forward_pre_hook(start(name)), module.register_forward_hook(stop(name))]
    try:
        yield stack
    finally:
        for hook in hooks:
            hook.remove()


def shape_of(output: object) -> tuple[int, ...] | None:
    """Return the shape of a tensor without the batch; None for anything else."""
    return tuple(output.shape[1:]) if isinstance(output, Tensor) else None
