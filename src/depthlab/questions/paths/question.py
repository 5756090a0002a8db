"""How long are the paths that carry the gradient? What can be typed, and which runs it takes."""

from depthlab.questions import Question
from depthlab.questions.paths.plan import DEFAULTS, find_paths_runs, read_options
from depthlab.questions.runs import RUN_KEYS

QUESTION = Question(
    name="paths",
    about=(
        "How long are the paths that carry the gradient? Count them, follow the gradient along them, train on them "
        "alone."
    ),
    package=__package__,
    unit="points of error, or branches of length",
    find=find_paths_runs,
    read=read_options,
    options={
        **RUN_KEYS,
        "images": f"training images whose gradient is followed [{DEFAULTS['images']}]",
        "draws": f"random paths for each image and length [{DEFAULTS['draws']}]",
        "lines": f"lines between test images, on which gradients are compared [{DEFAULTS['lines']}]",
        "points": f"inputs on each line, 3 or more [{DEFAULTS['points']}]",
        "train": "effective: train each network on its effective paths alone, too; or none [effective]",
    },
    examples=(
        "model=resnet depth=20,56,110 seed=range(3)",
        "model=densenet depth=22,40 train=none",
        "data=cifar10 depth=20,56 epochs=15",
        "run=1a2b,3c4d draws=20",
    ),
)
