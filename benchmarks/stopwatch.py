"""One stopwatch for every training loop: it counts optimizer steps, whoever takes them."""

import time
from typing import Any, Self, final

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook


@final
class Stopwatch:
    """Times `steps` optimizer steps after the first `warmup` of them, of whatever trains inside this context.

    The clock runs from the end of one optimizer step to the end of another, so everything between two steps counts:
    loading, augmentation, callbacks, tracking. What comes before the first and after the last step does not.
    """

    def __init__(self, *, warmup: int, steps: int, device: torch.device) -> None:
        assert warmup >= 1 and steps >= 1
        self.warmup, self.steps, self.device = warmup, steps, device
        self._count = 0
        self._marks: list[float] = []

    def __enter__(self) -> Self:
        self._hook = register_optimizer_step_post_hook(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    @property
    def total_steps(self) -> int:
        """Steps that the loop has to take."""
        return self.warmup + self.steps

    @property
    def running(self) -> bool:
        """Whether the steps under way are timed."""
        return len(self._marks) == 1

    @property
    def seconds(self) -> float:
        """What the timed steps took."""
        assert len(self._marks) == 2, f"the loop took {self._count} steps of {self.total_steps}"
        return self._marks[1] - self._marks[0]

    def _note(self, *_: Any) -> None:
        self._count += 1
        if self._count in (self.warmup, self.total_steps):
            if self.device.type == "cuda":
                torch.cuda.synchronize(self.device)  # the host runs ahead of the device
            self._marks.append(time.perf_counter())
