"""What is a network made of, and what does each part cost? What can be typed."""

from depthlab.questions import Question
from depthlab.questions.anatomy.plan import find_networks, read_options

QUESTION = Question(
    name="anatomy",
    about="What is a network made of, and what does each part cost? A card, two side by side, a family; no training.",
    package=__package__,
    find=find_networks,
    read=read_options,
    seeds=False,
    options={
        "image": "side of the images, in pixels [that of data's]",
        "channels": "channels of the images [those of data's]",
        "classes": "number of classes [that of data's]",
        "time": "true or false: whether passes are timed on this machine [true]",
        "batch": "images in the batch of the times, 2 or more [16]",
        "rounds": "rounds of the times, in each of which every network has its turn [5]",
    },
    examples=(
        "model=plain,resnet depth=56",
        "depth=20,32,44,56,110 width=1,2,4",
        "model=inception_v1 model.form=imagenet depth=22 image=224 classes=1000",
        "model=resnet,wide_resnet data=digits time=false",
    ),
    sweep_help="""\
Any overrides that choose networks can be typed: model=, depth=, width=, model.KEY=, one value or several. data= tells
what images they are for, which need not be downloaded. trainer.threads=, trainer.precision= and trainer.device= say how
passes are timed. With sweep.impossible=skip, combinations that a family does not support are named and left out.
""",
)
