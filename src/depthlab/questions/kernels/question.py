"""Which kind of convolution, pooling, activation, normalization? What can be typed, and which runs it takes."""

from depthlab.questions import Question
from depthlab.questions.kernels.plan import KINDS, find_variant_runs, read_options

QUESTION = Question(
    name="kernels",
    about="Which kind of convolution, pooling, activation, normalization? One skeleton with each, at equal cost.",
    package=__package__,
    find=find_variant_runs,
    read=read_options,
    options={
        "slots": f"the parts whose kinds are compared [{','.join(KINDS)}]",
        **{slot: f"kinds of it [{kinds}]" for slot, kinds in KINDS.items()},
        "match": "what is equal, by the width: multiply_adds or parameters [multiply_adds]",
    },
    examples=(
        "slots=activation activation=relu,gelu,silu,mish,tanh seed=range(5)",
        "depth=20 slots=convolution match=parameters",
        "data=cifar10 depth=20 epochs=15 seed=0,1",
    ),
)
