"""How trials and runs stand: two closed vocabularies, which JSON keeps as plain text."""

from enum import StrEnum
from typing import final


@final
class TrialState(StrEnum):
    """How a trial of a sweep stands, or a run seen from outside."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    PRUNED = "pruned"  # stopped early by a scheduler
    CUT_OFF = "cut off"  # killed or interrupted: the same command continues it
    FAILED = "failed"
    DIVERGED = "diverged"  # a result: the same numbers would come again


MEASURED = (TrialState.FINISHED, TrialState.PRUNED)  # metrics count
DONE = (*MEASURED, TrialState.DIVERGED)  # nothing is left to compute
ENDED = (*DONE, TrialState.FAILED, TrialState.CUT_OFF)  # nothing computes it now


@final
class RunStatus(StrEnum):
    """What a run's own folder says of it."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    PRUNED = "pruned"
    DIVERGED = "diverged"

    @property
    def state(self) -> TrialState:
        """The state of a run whose process is dead: one that still counts as running was cut off."""
        cut_off = self in (RunStatus.RUNNING, RunStatus.KILLED)
        return TrialState.CUT_OFF if cut_off else TrialState(self.value)
