"""Which runs the question takes: those of a grid over depths, with an axis that is tuned on validation if asked for."""

from depthlab.questions.arguments import Arguments, read_positive
from depthlab.questions.degradation.tuning import Tuned, ensure_tuned, preview_tuned
from depthlab.questions.degradation.tuning_options import read_tune
from depthlab.questions.runs import TrainedRuns, find_runs, runs_of_sweep
from depthlab.recipe import read_space
from depthlab.sweeps import Settings, settings_of

MARGIN = "margin"


def read_margin(arguments: Arguments) -> float:
    """Return the largest difference of training errors that does not matter, in points. Raises `ValueError`."""
    return read_positive(arguments.options, MARGIN, 0.5)


def find_degradation_runs(arguments: Arguments, options: float) -> TrainedRuns[Tuned | None] | None:
    """Return the runs of all depths, trained where they are missing; None after a dry run. Raises `ValueError`."""
    settings = settings_of(arguments.overrides)
    check_depths(arguments, settings)
    own = {key: value for key, value in arguments.options.items() if key != MARGIN}
    tune = read_tune(own, arguments.overrides, settings)
    if tune is None:
        return find_runs(arguments, "degradation", plan=None)
    if arguments.until is not None:
        raise ValueError("until= adds seeds to networks, and tune= chooses what they are: leave one of them out")
    if settings.dry_run:
        preview_tuned(tune, settings)
        return None
    tuned = ensure_tuned(tune, settings)
    return runs_of_sweep("degradation", tuned.swept, aside=(tune.key,), plan=tuned)


def check_depths(arguments: Arguments, settings: Settings) -> None:
    """See that there are depths to compare. Raises `ValueError`."""
    space = read_space(arguments.overrides, settings.params)
    if len(space.choices.get("depth", ())) < 2:
        raise ValueError("degradation compares depths, and there is one: type several, such as depth=20,56")
