"""Does the training error rise with depth? What can be typed, and which runs it takes."""

from depthlab.questions import Question
from depthlab.questions.degradation.plan import MARGIN, find_degradation_runs, read_margin

QUESTION = Question(
    name="degradation",
    about="Does the training error rise with depth? A page with the verdict.",
    package=__package__,
    find=find_degradation_runs,
    read=read_margin,
    options={
        MARGIN: "the largest difference of training errors, in points, that does not matter [0.5]",
        "tune": "an axis, such as learning_rate, to choose for each network on validation [none]",
        "tune.values": "the values to choose from, with commas [0.1, 0.3, 1 and 3 times the held one]",
        "tune.seed": "the seed or seeds of the runs that choose, apart from the others [1000,1001,1002]",
    },
    examples=(
        "depth=20,56 seed=range(5)",
        "data=cifar10 depth=20,56 seed=0,1 epochs=15",
        "model=resnet,preresnet depth=20,56,110",
        "tune=learning_rate",
    ),
)
