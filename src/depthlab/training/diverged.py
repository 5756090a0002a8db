"""Training that leads nowhere."""

from typing import final


@final
class Diverged(ValueError):
    """The loss is no number any more: nothing that follows would mean anything."""
