"""Forms of each family that the contracts are held against, beside its default: what one types after `model=NAME`.

Small ones: the contracts build each of them many times.
"""

FORMS: dict[str, list[list[str]]] = {
    "plain": [
        ["dropout=0.2"],
        ["model.unit=bottleneck"],
        ["depth=[1,2,1]", "width=0.5"],
    ],
    "resnet": [
        ["dropout=0.2", "drop_path=0.5"],
        ["model.shortcut=B"],
        ["model.shortcut=C", "model.unit=bottleneck"],
        ["model.shortcut_padding=end", "width=[8,12,20]"],
    ],
}
