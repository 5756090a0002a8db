"""Feature reuse: which layer uses which earlier one? The options of the question, and how they are read."""

from depthlab.command_line import whole_number
from depthlab.questions import Arguments, Question
from depthlab.questions.runs import RUN_KEYS, TrainedRuns, find_runs

IMAGES = 1024


def read_images(arguments: Arguments) -> int:
    """Return on how many test images shares are measured. Raises `ValueError`."""
    return whole_number("images", arguments.options.get("images", str(IMAGES)), example=IMAGES)


def find_reuse_runs(arguments: Arguments, images: int) -> TrainedRuns[None] | None:
    """Return the runs, trained where they are missing; None after a dry run. Raises `ValueError`."""
    return find_runs(arguments, "reuse", plan=None)


QUESTION = Question(
    name="reuse",
    about="Which layer uses which earlier one? A map of feature reuse in each network, with the verdict.",
    package=__package__,
    unit="percent, such as until=10",
    find=find_reuse_runs,
    read=read_images,
    options={
        **RUN_KEYS,
        "images": f"test images on which shares in residual streams are measured [{IMAGES}]",
    },
    examples=("depth=40 seed=range(5)", "model=resnet,preresnet depth=20,56 seed=0,1", "run=1a2b,3c4d"),
)
