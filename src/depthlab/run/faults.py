"""What can go wrong with a run, by its kind: who retries has to know."""

import re
from dataclasses import dataclass
from typing import Literal, final

import torch

from depthlab.training import Diverged

Kind = Literal["diverged", "out of memory", "mistake", "exception", "timeout", "lost"]

# torch's allocator for processors has no error class of its own
_NO_MEMORY = re.compile(r"can't allocate memory|out of memory|CUBLAS_STATUS_ALLOC_FAILED", re.IGNORECASE)


@final
@dataclass(frozen=True)
class Fault:
    """Why a run did not come to its end."""

    kind: Kind
    message: str  # one line


def fault_of(error: BaseException) -> Fault:
    """Tell the kind of a fault by the error that it raised."""
    text = " ".join(str(error).split()) or "no message"
    if isinstance(error, Diverged):
        return Fault("diverged", text)
    if isinstance(error, torch.OutOfMemoryError | MemoryError) or _NO_MEMORY.search(text):
        return Fault("out of memory", text)
    if isinstance(error, ValueError):
        return Fault("mistake", text)
    return Fault("exception", f"{type(error).__name__}: {text}")
