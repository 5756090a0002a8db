"""What do depth, width and cardinality buy at equal cost? What can be typed, and which runs it takes."""

from depthlab.questions import Question
from depthlab.questions.width_vs_depth.plan import BUDGET, RESNEXT, find_matched_runs, read_options

QUESTION = Question(
    name="width_vs_depth",
    about="Depth, width or cardinality? What each doubling buys, by networks of equal cost. A page with the verdict.",
    package=__package__,
    find=find_matched_runs,
    read=read_options,
    options={
        "match": "what is to be equal: parameters, multiply_adds, or time (of a training step, measured) [parameters]",
        "budget": f"costs to meet along each axis: multiples of the base network's, or amounts like 400000 [{BUDGET}]",
        "resnext": f"the ResNeXt whose cardinality grows, if the base has none [{RESNEXT}]",
    },
    examples=(
        "match=multiply_adds",
        "depth=20 budget=2x,3x,4x seed=range(5)",
        "model=resnext depth=11 width=0.25 model.group_width=16 model.cardinality=4",
        "data=cifar10 depth=20 epochs=15 seed=0,1",
        "data.validation=0.1 depth=14",
    ),
)
