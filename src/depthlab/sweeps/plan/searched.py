"""Which axes of a sweep are searched, to choose from their values, and which are studied, to compare them."""

from depthlab.recipe import Override, Space
from depthlab.sweeps.plan.settings import Settings

SEED = "seed"
# How a network is trained is chosen; what it is, what regularizes it and what it learns from is compared.
_SEARCHED = (
    *("epochs", "batch_size", "learning_rate", "optimizer", "schedule"),
    *("data.crop", "data.flip", "trainer.gradient_clip", "trainer.max_steps"),
)
_GROUPS = ("optimizer", "schedule")


def searched_axes(space: Space, settings: Settings) -> tuple[str, ...]:
    """Return the axes whose values the sweep is to choose from; none where it compares all that it computes.

    A random search, Optuna and a scheduler that stops trials search every axis but the seed. A grid searches those that
    say how networks are trained, with the keys of optimizer and schedule.
    """
    varied = [axis for axis in space.axes if axis != SEED]
    if settings.search != "grid" or settings.scheduler != "none":
        return tuple(varied)
    return tuple(filter(says_how_trained, varied))


def says_how_trained(axis: str) -> bool:
    """Whether an axis is of how networks are trained, rather than of what they are or learn from."""
    return axis in _SEARCHED or Override.parse(axis).group in _GROUPS
