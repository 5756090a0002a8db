"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("depth=20",), "degradation compares depths, and there is one: type several, such as depth=20,56"),
    (("depth=20,21", "model=plain", "seed=0"), "can't have depth=21"),
    (("tune=lerning_rate",), "did you mean tune=learning_rate?"),
    (("tune.values=1",), "tune.values=1 does nothing: add tune="),
    (("margin=0",), "margin=0 is not a positive number: type one such as margin=0.5"),
    (("margin=much",), "margin=much is not a positive number"),
    (("until=0",), "until=0 is not a positive number: type one such as until=0.5"),
    (("until=1", "tune=learning_rate"), "until= adds seeds to networks, and tune= chooses what they are"),
    (("modle=plain",), "did you mean model?"),
]
