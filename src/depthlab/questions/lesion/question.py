"""What does a trained network lose when units are deleted or trade places? What can be typed, and how it is read."""

from depthlab.questions import Question
from depthlab.questions.lesion.plan import find_lesion_runs, read_options
from depthlab.questions.runs import RUN_KEYS

QUESTION = Question(
    name="lesion",
    about="What does a trained network lose when units are deleted or trade places? A page with the verdict.",
    package=__package__,
    find=find_lesion_runs,
    read=read_options,
    options={
        **RUN_KEYS,
        "draws": "random draws for each number of deletions and of swaps, 0 for single deletions alone [10]",
        "images": "test images that draws are measured on, or all; single deletions take all of them [500]",
        "batch_norm": "trained, or reestimated: statistics estimated again after each lesion [trained]",
        "weights": "a file of pretrained weights, instead of runs, for the model, depth and data that are typed",
        "normalization": "beside weights: imagenet, cifar10, or data for that of the data set itself",
    },
    examples=(
        "model=resnet depth=20,56 drop_path=0 data=cifar10 seed=0,1",
        "model=resnet,vgg,densenet depth=20,16,22 drop_path=0 sweep.impossible=skip",
        "run=1a2b,3c4d batch_norm=reestimated",
        "model=resnet depth=20 data=cifar10 weights=resnet20.th normalization=imagenet",
    ),
)
