"""Faults of the processes that compute trials."""

from typing import final


@final
class WorkerDied(RuntimeError):
    """A process of the team has died."""


@final
class WorkerUnusable(RuntimeError):
    """The process should not be used again after such a fault; the report before it tells what happened."""
