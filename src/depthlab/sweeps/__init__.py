"""Many runs: a search space becomes trials, Ray Tune runs them, and what was recorded is never lost or done twice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depthlab.sweeps.settings import Settings

__all__ = ["run_sweep"]


def run_sweep(words: Sequence[str], settings: "Settings") -> None:
    """Run every trial that the words ask for and that has not finished; see `depthlab.sweeps.sweep`."""
    from depthlab.sweeps.sweep import run_sweep as run

    run(words, settings)
