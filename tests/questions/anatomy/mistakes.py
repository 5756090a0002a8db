"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("depth=21",), "resnet with basic units can't have depth=21: depth must be 6n+2"),
    (("depth=20,21", "width=1,2"), "depth=21"),
    (("depth=21,23", "sweep.impossible=skip"), "no combination is possible: resnet with basic units"),
    (("seed=0,1",), "seed=0,1 does nothing here, where nothing is trained: leave it out"),
    (("optimizer=adamw",), "optimizer=adamw does nothing here"),
    (("sweep.cpu=2",), "sweep.cpu=2 does nothing here"),
    (("batch_size=8",), "leave it out; type batch=, which is that of the times"),
    (("data=cifar10,svhn",), "data=cifar10 and data=svhn make the same network: type one of them"),
    (("data=huggingface", "data.path=a/b"), "type it, such as image=32 channels=3 classes=10"),
    (("image=0",), "image=0 must be a whole number of 1 or more, such as image=32"),
    (("batch=1",), "batch=1 must be a whole number of 2 or more"),
    (("time=maybe",), "time=maybe: passes are timed or not"),
    (("time=false", "rounds=2"), "rounds=2 does nothing with time=false"),
    (("model=nin", "image=2"), "the network takes images of 4x4 pixels or more"),
    (("imag=8",), "did you mean image?"),
    (("model=resnett",), "did you mean"),
]
