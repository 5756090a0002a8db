"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("match=flops",), "match=flops: networks are matched by parameters, multiply_adds or time"),
    (("depth=14,26",), "depth has several values: type one, from which deeper and wider networks are found"),
    (("depth=[2,2,2]",), "depth=[2,2,2] can't be raised step by step"),
    (("depth=15",), "can't have depth=15"),
    (("model=alexnet",), "alexnet"),
    (("budget=lots",), "budget=lots is not an amount: type multiples of the base such as 2.3x,3.6x,4.9x, or numbers"),
    (("budget=0.5x",), "budget=0.5x is not above the cost of the base network"),
    (("resnext=data=digits",), "'data=digits' can't stand there; type words such as resnext='depth=11"),
    (("budgt=2x",), "did you mean budget?"),
]
