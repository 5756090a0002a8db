"""Which runs the question takes: those of a sweep, and then the same networks trained on their effective paths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from depthlab.command_line import whole_number
from depthlab.questions.arguments import Arguments
from depthlab.questions.runs import RUN, TrainedRuns, find_runs
from depthlab.recipe import Override, as_typed, override_words
from depthlab.records import RunRef
from depthlab.sweeps import SweepResult, ensure_sweep, settings_of

DEFAULTS = {"images": 64, "draws": 8, "lines": 8, "points": 64}
LEAST = {"points": 3}  # the least of the others is 1
ACTIVE_UNITS = "active_units"

Overrides = tuple[str, ...]


@final
@dataclass(frozen=True)
class Options:
    """How much is measured, and whether networks are trained on their effective paths as well."""

    images: int
    draws: int
    lines: int
    points: int
    train: bool


def read_options(arguments: Arguments) -> Options:
    """Read the question's own options. Raises `ValueError`."""
    typed = arguments.options
    sizes = {
        key: whole_number(key, typed.get(key, str(default)), least=LEAST.get(key, 1), example=default)
        for key, default in DEFAULTS.items()
    }
    train = typed.get("train", "none" if RUN in typed else "effective")
    if train not in ("effective", "none"):
        raise ValueError(f"train={train}: type train=effective or train=none")
    if train == "effective" and RUN in typed:
        raise ValueError("train=effective needs the overrides of a sweep, such as depth=20,56 seed=0,1, not run=")
    return Options(**sizes, train=train == "effective")


def find_paths_runs(arguments: Arguments, options: Options) -> TrainedRuns[Overrides] | None:
    """Return the runs, trained where they are missing, with the overrides that were typed; None after a dry run."""
    runs = find_runs(arguments, "paths", plan=arguments.overrides)
    if runs is None and options.train:
        print("then each residual network on its effective paths: how many units that takes is found first")
    return runs


def ensure_effective(
    overrides: Sequence[str], networks: Mapping[str, RunRef], counts: Mapping[str, int]
) -> SweepResult:
    """Train networks with some random units active in each batch, where such runs are missing.

    Args:
        overrides: Those of the sweep whose networks were measured.
        networks: A run of each network, by its name.
        counts: How many units are active, by network.
    """
    variants = [_variant(networks[network], count) for network, count in counts.items()]
    # one value for each key that a variant sets, in the place of several
    others = [word for word in overrides if Override.parse(word).key not in variants[0]]
    words = [*others, *override_words(variants[0])]
    return ensure_sweep(words, settings_of(words), variants=variants)


def _variant(ref: RunRef, count: int) -> dict[str, str]:
    """Return the overrides of a network, and how many of its units are active."""
    values = {key: value for key, value in ref.values.items() if key not in ("seed", ACTIVE_UNITS)}
    texts = {key: as_typed(value) for key, value in values.items()}
    return texts | {ACTIVE_UNITS: str(count)}
