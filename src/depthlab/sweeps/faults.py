"""What is done about a trial that broke: again, again with less memory, or no more."""

from typing import Literal

from depthlab.run.faults import Kind

Treatment = Literal["tried again", "tried again smaller", "given up"]

_TREATMENT: dict[Kind, Treatment] = {
    "diverged": "given up",  # the same numbers would come again
    "mistake": "given up",
    "timeout": "given up",  # its checkpoint is kept: the same command goes on with it
    "exception": "tried again",
    "lost": "tried again",
    "out of memory": "tried again smaller",
}


def choose_treatment(kind: Kind, *, attempt: int, attempts: int, microbatches: int, batch_size: int) -> Treatment:
    """Say what is done after a fault.

    Args:
        kind: Of the fault.
        attempt: Which one it was, counted from 1.
        attempts: How many there may be.
        microbatches: Parts in which the batch was computed.
        batch_size: Images in a batch.
    """
    if attempt >= attempts:
        return "given up"
    treatment = _TREATMENT[kind]
    if treatment == "tried again smaller" and 2 * microbatches > batch_size:
        return "given up"
    return treatment
