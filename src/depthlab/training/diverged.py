"""The error of a diverged training."""

from typing import final


@final
class Diverged(ValueError):
    """The loss is not finite; training can't continue."""
