"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("methods=dropot",), "did you mean methods=dropout?"),
    (("draws=none",), "draws=none must be a whole number of 1 or more"),
    (("images=0",), "images=0 must be a whole number of 1 or more"),
    (("margin=0",), "margin=0 is not a positive number"),
    (("masks=pixel",), "masks=pixel must be network or image"),
    (("methods=dropout", "dropout=0"), "dropout=0 turns dropout off"),
    (("method=dropout",), "did you mean methods?"),
    (("run=1a2b", "methods=dropout"), "methods= does nothing beside run="),
    (("run=1a2b", "depth=8"), "does nothing beside run="),
    (("run=nowhere",), "nowhere"),
]
