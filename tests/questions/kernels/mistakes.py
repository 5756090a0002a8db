"""What a person may type wrong, and what the answer says."""

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("run=0123abcd",), "run=0123abcd: this question takes no run="),
    (("match=time",), "match=time: networks are matched by multiply_adds or parameters"),
    (("slots=activations",), "slots=activations: kinds are compared of convolution, pool"),
    (("slots=pool", "activation=relu,gelu"), "activation=relu,gelu does nothing with slots=pool"),
    (("slots=activation", "activation=relu,gellu"), "parts.activation must be"),
    (("slots=activation", "activation=relu"), "activation=relu is what resnet-8 has anyway"),
    (("depth=8,14",), "depth has several values: type one, from which wider and narrower variants are found"),
    (("parts.activation=relu,gelu",), "type activation=... without parts. to compare kinds"),
    (("parts.activation=gelu",), "parts.activation=gelu holds what is compared"),
    (("model=alexnet", "depth=8", "slots=pool", "pool=max", "width=[8,8,8,8,8]"), "can't be raised step by step"),
]
