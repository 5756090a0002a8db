"""What is done about each kind of fault, for every attempt that there may be."""

import itertools
from typing import get_args

import pytest
import torch

from depthlab.run.faults import Kind, fault_of
from depthlab.sweeps.faults import Treatment, choose_treatment
from depthlab.training import Diverged

EXPECTED: dict[Kind, Treatment] = {
    "diverged": "given up",
    "mistake": "given up",
    "timeout": "given up",
    "exception": "tried again",
    "lost": "tried again",
    "out of memory": "tried again smaller",
}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_treatment_of_each_kind(kind: Kind) -> None:
    assert choose_treatment(kind, attempt=1, attempts=3, microbatches=1, batch_size=64) == EXPECTED[kind]
    assert choose_treatment(kind, attempt=3, attempts=3, microbatches=1, batch_size=64) == "given up"
    assert choose_treatment(kind, attempt=1, attempts=1, microbatches=1, batch_size=64) == "given up"


@pytest.mark.parametrize(("attempts", "batch_size"), itertools.product((1, 2, 5, 50), (1, 2, 3, 32, 100)))
def test_however_it_breaks_it_ends(attempts: int, batch_size: int) -> None:
    microbatches = 1
    for attempt in range(1, attempts + 1):
        assert microbatches <= batch_size
        treatment = choose_treatment(
            "out of memory", attempt=attempt, attempts=attempts, microbatches=microbatches, batch_size=batch_size
        )
        if treatment == "given up":
            return
        microbatches *= 2
    raise AssertionError("more attempts than there may be")


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (Diverged("the loss is nan"), "diverged", "the loss is nan"),
        (
            torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate"),
            "out of memory",
            "CUDA out of memory. Tried",
        ),
        (MemoryError(), "out of memory", "no message"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 12 bytes"), "out of memory", "DefaultCPUAllocator"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"), "out of memory", "CUDA error"),
        (ValueError("depth must be 6n+2"), "mistake", "depth must be 6n+2"),
        (KeyError("x"), "exception", "KeyError: 'x'"),
        (RuntimeError("a\n b\n\n c"), "exception", "RuntimeError: a b c"),
    ],
)
def test_errors_are_known_by_their_kind(error: BaseException, kind: Kind, said: str) -> None:
    fault = fault_of(error)
    assert fault.kind == kind
    assert fault.message.startswith(said) and "\n" not in fault.message
