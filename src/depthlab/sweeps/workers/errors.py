"""The death of a process that computes a trial together with others."""

from typing import final


@final
class WorkerDied(RuntimeError):
    """A process of the team has died."""
