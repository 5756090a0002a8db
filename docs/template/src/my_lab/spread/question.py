"""How far do seeds alone move the test error? What can be typed, and which runs it takes."""

from depthlab.questions import Arguments, Question
from depthlab.questions.runs import RUN_KEYS, TrainedRuns, find_runs


def find(arguments: Arguments, options: None) -> TrainedRuns[None] | None:
    """Return the runs, trained where they are missing; None after a dry run."""
    return find_runs(arguments, "spread", plan=None)


QUESTION = Question(
    name="spread",
    about="How far do seeds alone move the test error? A page with the verdict.",
    package=__package__,
    find=find,
    options=RUN_KEYS,
    examples=("model=resnet depth=20 seed=0,1,2,3,4",),
)
