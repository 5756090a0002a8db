"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("images=none",), "images=none must be a whole number of 1 or more, such as images=1024"),
    (("images=0",), "images=0 must be a whole number of 1 or more"),
    (("imgaes=3",), "did you mean images?"),
    (("depth=21", "model=resnet", "seed=0"), "can't have depth=21"),
    (("run=nobody", "depth=22"), "depth=22 does nothing beside run="),
]
