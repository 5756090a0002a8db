"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("run=0123abcd",), "run=0123abcd: this question takes no run="),
    (("factors=droput",), "did you mean factors=dropout?"),
    (("factors=lrn",), "model=resnet has no lrn"),
    (("factors=dropout", "dropout=0"), "dropout=0 holds the factor dropout at nothing"),
    (("factors=dropout", "depth=20,21", "seed=0"), "can't have depth=21"),
    (("factor=dropout",), "did you mean factors?"),
    (("factors=",), "'factors=' has no value"),
]
