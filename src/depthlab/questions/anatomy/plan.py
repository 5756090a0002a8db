"""Which networks the question takes, and how they are timed; nothing is trained."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from depthlab.command_line import whole_number
from depthlab.questions.anatomy.networks import UntrainedNetworks, span_networks
from depthlab.questions.arguments import Arguments
from depthlab.recipe import AXES, Override, Recipe
from depthlab.sweeps import settings_of

if TYPE_CHECKING:
    from depthlab.run import ImageShape

# options that are whole numbers: the least one, and an example
NUMBERS = {"image": (1, 32), "channels": (1, 3), "classes": (2, 10), "batch": (2, 16), "rounds": (1, 5)}
# what says how a network is trained, or how runs are carried out and kept
IDLE_GROUPS = ("optimizer", "schedule", "fresh", "ray", "hydra", "sweep")
ALLOWED = ("sweep", "sweep.impossible", "sweep.dry_run", "hydra.searchpath", "depth", "width", "dropout", "drop_path")


@final
@dataclass(frozen=True)
class Options:
    """Whether and how passes are timed, and what was typed of the images."""

    timed: bool
    image: int | None = None
    channels: int | None = None
    classes: int | None = None
    batch: int = 16
    rounds: int = 5

    def shape_of(self, recipe: Recipe) -> "ImageShape":
        """Return what was typed of the images, and of the rest what the recipe's are."""
        from depthlab.run import ImageShape, expected_shape

        if self.image is not None and self.channels is not None and self.classes is not None:
            return ImageShape(self.channels, self.image, self.classes)
        known = expected_shape(recipe)
        return ImageShape(self.channels or known.channels, self.image or known.size, self.classes or known.classes)

    def data_of(self, recipe: Recipe) -> str:
        """Return the data set whose images' shape it is, "" if some of it was typed."""
        typed = (self.image, self.channels, self.classes)
        return recipe.choices["data"] if typed == (None, None, None) else ""


def read_options(arguments: Arguments) -> Options:
    """Return the options, when the overrides are checked as well. Raises `ValueError`."""
    check_overrides(arguments.overrides)
    typed = arguments.options
    timed = typed.get("time", "true").lower()
    if timed not in ("true", "false"):
        raise ValueError(f"time={typed['time']}: passes are timed or not; type time=true or time=false")
    for key in ("batch", "rounds"):
        if timed == "false" and key in typed:
            raise ValueError(f"{key}={typed[key]} does nothing with time=false: leave one of them out")
    numbers = {
        key: whole_number(key, typed[key], least=least, example=example)
        for key, (least, example) in NUMBERS.items()
        if key in typed
    }
    return Options(timed=timed == "true", **numbers)


def check_overrides(overrides: Iterable[str]) -> None:
    """Refuse what says how networks are trained; tracking and a single seed are only noted. Raises `ValueError`."""
    for word in overrides:
        override = Override.parse(word)
        if override.group == "tracking":
            print(f"{word} does nothing here, where nothing is tracked", file=sys.stderr)
        elif override.key == "seed" and str(override.value).isdigit():
            print(f"{word} does nothing here, where no cost depends on the weights", file=sys.stderr)
        elif override.key == "seed":
            raise ValueError(f"{word} does nothing here, where nothing is trained: leave it out, or type one seed")
        elif override.key not in ALLOWED and (override.key in AXES or override.group in IDLE_GROUPS):
            typed = "; type batch=, which is that of the times" if override.key == "batch_size" else ""
            raise ValueError(f"{word} does nothing here, where nothing is trained: leave it out{typed}")


def find_networks(arguments: Arguments, options: Options) -> UntrainedNetworks | None:
    """Return the networks, each of which can be built; None after a dry run, which prints their costs.

    Raises:
        ValueError: as `span_networks` does.
    """
    settings = settings_of(arguments.overrides)
    networks = span_networks(arguments.overrides, settings, options.shape_of)
    if not settings.dry_run:
        return networks
    from depthlab.questions.anatomy.cost_table import cost_table
    from depthlab.questions.anatomy.measure.networks import draw_cards

    print(*cost_table(draw_cards(networks.networks), (), networks.left_out), sep="\n")
    return None
