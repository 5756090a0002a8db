"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("voters=dropot",), "did you mean voters=dropout?"),
    (("draws=none",), "draws=none must be a whole number of 1 or more"),
    (("images=0",), "images=0 must be a whole number of 1 or more"),
    (("masks=pixel",), "masks=pixel must be network or image"),
    (("voters=dropout", "dropout=0"), "holds the voter dropout at nothing"),
    (("voter=dropout",), "did you mean voters?"),
    (("run=1a2b", "voters=dropout"), "voters= does nothing beside run="),
    (("run=1a2b", "depth=8"), "does nothing beside run="),
    (("run=nowhere",), "nowhere"),
]
