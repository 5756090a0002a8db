"""What a person may type wrong, and what the answer says."""

WEIGHTS = ("weights=none.th", "normalization=imagenet")
MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("draws=many",), "draws=many must be a whole number of 0 or more, such as draws=10"),
    (("images=0",), "images=0 must be a whole number of 1 or more, such as images=500 or images=all"),
    (("batch_norm=none",), "batch_norm must be trained or reestimated, not none"),
    (("normalization=imagenet",), "normalization=imagenet does nothing without weights=FILE"),
    (("weights=a.th",), "weights=a.th needs the normalization that they were trained with: add normalization="),
    ((*WEIGHTS, "run=1a"), "type one of them"),
    ((*WEIGHTS, "epochs=3"), "epochs=3 does nothing beside weights="),
    (WEIGHTS, "weights=none.th: there is no such file"),
    (("draw=3",), "did you mean draws?"),
]
