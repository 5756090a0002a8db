"""Choose device, precision and memory layout by what the machine has and what pays off, unless the user decided."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import torch

# Below this image size (pixels) operations are too short to gain: measured at 8x8, bf16 saves no more than its casts
# cost, and a second thread saves at most a quarter of a step's time, while it makes a step ten times slower when
# anything else needs the core.
SMALL_IMAGE = 16
# Below this size bf16 is not chosen: networks that halve their features five times have one pixel left before the last
# halving, and the CPU's bf16 gradient of a strided 3x3 convolution on one pixel has NaNs (torch 2.13).
SMALLEST_BF16 = 24
# Read once: a run sets torch's number of threads, and the next run in the process would take that for the CPU's.
ALL_THREADS = torch.get_num_threads()


@dataclass(frozen=True)
class Hardware:
    """Where and how a run computes."""

    device: torch.device
    precision: Literal["fp32", "bf16"]
    channels_last: bool
    threads: int

    def autocast(self) -> AbstractContextManager[object]:
        """Return the context in which forward passes run."""
        if self.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    @property
    def gpu(self) -> str | None:
        """The GPU's name; None on a CPU."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else None


def choose_hardware(trainer: dict[str, Any], *, image_size: int) -> Hardware:
    """Resolve the `auto` settings of the trainer group for images of `image_size` pixels.

    Raises:
        ValueError: the machine has no such device. A precision that the user typed is always accepted: a CPU without
            bf16 arithmetic emulates it, slowly, so that a run from another machine can be repeated.
    """
    device = _device(trainer["device"])
    threads = trainer["threads"] or _threads(image_size)
    precision = trainer["precision"]
    if precision == "auto":
        precision = "bf16" if image_size >= SMALLEST_BF16 and has_bf16(device) else "fp32"
    layout = trainer["channels_last"]
    return Hardware(device, precision, channels_last=layout == "auto" or bool(layout), threads=threads)


def _threads(image_size: int) -> int:
    return 1 if image_size < SMALL_IMAGE else ALL_THREADS


def has_bf16(device: torch.device) -> bool:
    """Return whether `device` supports bfloat16 without emulation."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())


def _device(name: str) -> torch.device:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        # mps lacks deterministic versions of some operations: it is used only on request
        name = "cuda" if available["cuda"] else "cpu"
    if not available.get(name, False):
        have = ", ".join(device for device, is_available in available.items() if is_available)
        raise ValueError(
            f"trainer.device={name}: this machine has no such device; it has {have}; type trainer.device=auto"
        )
    return torch.device("cuda", torch.cuda.current_device()) if name == "cuda" else torch.device(name)
