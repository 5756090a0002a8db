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
    "densenet": [
        ["depth=[2,1,2]", "model.growth_rate=4", "dropout=0.2"],
        ["depth=10", "width=0.5", "model.bottleneck=true", "model.compression=0.5"],
        ["depth=[1,2,1,1]", "width=[4,4,6,6]", "model.form=imagenet"],
    ],
    "vgg": [
        ["depth=11", "width=0.125", "model.head=hidden", "dropout=0.5"],
        ["depth=13", "width=0.125", "model.kernels=single", "model.head=two_hidden"],
        ["depth=[1,1,1,1,1]", "width=[8,8,12,12,16]", "model.batch_norm=false"],
        ["depth=11", "width=[4,4,6,6,8]", "model.form=imagenet"],
    ],
}
