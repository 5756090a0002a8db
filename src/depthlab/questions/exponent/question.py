"""Is width the base, and depth the exponent? What can be typed, and which runs it takes."""

from depthlab.questions import Question
from depthlab.questions.exponent.plan import BUDGET, DRAWS, IMAGES, SHARE, find_exponent_runs, read_options
from depthlab.questions.runs import RUN_KEYS

QUESTION = Question(
    name="exponent",
    about="Is width the base, and depth the exponent? Units and groups deleted from networks of equal cost.",
    package=__package__,
    unit="points of robustness, and a twentieth of that in powers, such as until=5",
    find=find_exponent_runs,
    read=read_options,
    options={
        **RUN_KEYS,
        "budget": f"multiply-adds to meet along depth and cardinality: multiples of the base's, or amounts [{BUDGET}]",
        "share": f"of the units, and of the groups, that are deleted together [{SHARE}]",
        "draws": f"times that they are drawn [{DRAWS}]",
        "images": f"test images on which errors are measured [{IMAGES}, or all where there are fewer]",
    },
    examples=(
        "budget=2x,4x seed=range(3)",
        "data=cifar10 depth=29 epochs=15 seed=0,1",
        "run=1a2b,3c4d",
    ),
)
