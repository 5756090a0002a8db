"""Is dropout a vote, is stochastic depth one? What can be typed, and how it is read."""

from depthlab.questions import Question
from depthlab.questions.runs import RUN_KEYS
from depthlab.questions.votes.plan import DRAWS, IMAGES, Options, find_ensemble_runs, read_options

QUESTION = Question(
    name="votes",
    about="Is dropout a vote, is stochastic depth a vote? Ensembles of sampled networks, independent ones, snapshots.",
    package=__package__,
    find=find_ensemble_runs,
    read=read_options,
    options={
        **RUN_KEYS,
        "methods": "dropout, drop_path or snapshots, with commas: ensemble methods to train beside the plain network "
        "[all of them]",
        "margin": f"points of error within which two ways to vote are taken as equivalent [{Options.margin:g}]",
        "draws": f"networks that are sampled from each trained one, in ensembles of up to half of them [{DRAWS}]",
        "images": f"test images to vote on, chosen by class at random [{IMAGES}, or all if they are fewer]",
        "masks": "network: one mask for all images of a draw; image: one for each image [network]",
    },
    examples=(
        "methods=dropout dropout=0.5",
        "model=mlp depth=4 dropout=0.2,0.5 seed=range(5)",
        "data=cifar10 depth=20 epochs=15 seed=0,1,2 draws=50",
        "run=1a2b,3c4d",
    ),
)
