"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("budget=lots",), "budget=lots is not an amount: type multiples of the base such as 1.35x,1.7x,"),
    (("budget=1x",), "budget=1x is not above the cost of the base network"),
    (("share=1.5",), "share=1.5 must be between 0 and 1, such as share=0.33"),
    (("draws=0",), "draws=0 must be a whole number of 1 or more, such as draws="),
    (("depth=20,29",), "depth has several values: type one, from which deeper networks"),
    (("model=wide_resnet", "depth=16", "~model.cardinality", "~model.group_width"), "model"),
    (("drwas=3",), "did you mean draws?"),
]
