"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("images=0",), "images=0 must be a whole number of 1 or more, such as images=64"),
    (("points=2",), "points=2 must be a whole number of 3 or more"),
    (("draws=many",), "draws=many must be a whole number"),
    (("train=always",), "train=always: type train=effective or train=none"),
    (("run=1a2b", "train=effective"), "train=effective needs the overrides of a sweep"),
    (("image=8",), "did you mean images?"),
    (("model=resnet", "depth=8", "active_units=4", "seed=0"), "the network has 3 units with a skip"),
]
