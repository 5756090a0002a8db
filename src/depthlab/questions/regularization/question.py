"""What does each regularizer change, alone and with others, and does that depend on depth? What can be typed."""

from depthlab.questions import Arguments, Question
from depthlab.questions.few_images import with_few_images
from depthlab.questions.regularization.factors import FACTORS, Factors, read_factors
from depthlab.questions.runs import TrainedRuns, runs_of_sweep
from depthlab.sweeps import ensure_sweep, preview_sweep, settings_of


def find_factorial_runs(arguments: Arguments, options: None) -> TrainedRuns[Factors] | None:
    """Return the runs of the factorial, trained where they are missing; None after a dry run. Raises `ValueError`."""
    overrides = with_few_images(arguments.overrides, "regularization")
    settings = settings_of(overrides)
    factors = read_factors(arguments.options, overrides, settings)
    if settings.dry_run:
        preview_sweep(factors.overrides, settings, only=arguments.wanted)
        return None
    return runs_of_sweep(
        "regularization", ensure_sweep(factors.overrides, settings, only=arguments.wanted), plan=factors
    )


QUESTION = Question(
    name="regularization",
    about="What does each regularizer change, alone and with others, and does that depend on depth? "
    "A page with the verdict.",
    package=__package__,
    find=find_factorial_runs,
    options={
        "factors": "regularizers to cross, each off and at the strength of its file or as typed [those that vary]: "
        + ", ".join(FACTORS),
    },
    examples=(
        "factors=weight_decay,drop_path,mixup",
        "data.validation=0.1",
        "factors=dropout dropout=0.1 depth=8,20,32",
        "factors=label_smoothing width=1,2 depth=8",
        "model=vgg factors=batch_norm,dropout depth=11,16",
        "model=locally_connected factors=weight_sharing depth=5,8",
        "model=alexnet factors=lrn,dropout depth=8 width=0.5,1",
    ),
)
