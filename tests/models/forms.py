"""Forms of each family that the contracts are held against, beside its default: what one types after `model=NAME`.

Small ones: the contracts build each of them many times.
"""

FORMS: dict[str, list[list[str]]] = {
    "plain": [
        ["dropout=0.2"],
        ["model.unit=bottleneck"],
        ["depth=[1,2,1]", "width=0.5"],
        ["depth=[1,1,1,1]", "width=0.0625", "model.form=imagenet"],
    ],
    "preresnet": [
        ["depth=[1,2]", "dropout=0.2", "drop_path=0.5"],
        ["depth=[2,1]", "model.activation=original", "model.shortcut=scaling", "model.branch_scale=0.5"],
        ["depth=[2,1]", "model.activation=bn_after_addition", "model.shortcut=conv"],
        ["depth=[2,1]", "model.activation=relu_before_addition", "model.shortcut=dropout"],
        ["depth=[2,1]", "model.activation=relu_only", "model.unit=bottleneck"],
        ["depth=[2,1]", "model.shortcut=exclusive_gating"],
        ["depth=[2,1]", "model.shortcut=shortcut_gating", "model.gate_bias=-3"],
        ["depth=[1,2,1,1]", "width=0.0625", "model.form=imagenet", "model.unit=bottleneck"],
    ],
    "resnet": [
        ["dropout=0.2", "drop_path=0.5"],
        ["model.shortcut=B"],
        ["model.shortcut=C", "model.unit=bottleneck"],
        ["model.shortcut_padding=end", "width=[8,12,20]"],
        ["depth=[1,1,1,1]", "width=0.0625", "model.form=imagenet", "model.unit=bottleneck"],
    ],
    "resnext": [
        ["depth=[1,2]", "width=[16,24]", "model.cardinality=4", "model.group_width=2", "dropout=0.2", "drop_path=0.3"],
        ["depth=[1,1,1,1]", "width=0.125", "model.form=imagenet"],
    ],
    "wide_resnet": [
        ["depth=[1,2]", "width=[16,24]", "dropout=0.3", "drop_path=0.3"],
        ["depth=[1,1,1,1]", "width=0.0625", "model.form=imagenet"],
        ["depth=[1,1,1,1]", "width=[4,6,8,8]", "model.form=imagenet", "model.unit=bottleneck"],
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
    "inception_v1": [
        ["depth=8", "width=0.25", "model.auxiliary=true", "dropout=0.2"],
        ["depth=[1,1]", "width=[16,24]", "model.reduction=false"],
        ["depth=[1,2]", "width=0.5", "model.batch_norm=false", "model.large_kernel=3"],
        ["depth=[1,1,1]", "width=0.25", "model.form=imagenet"],
    ],
    "inception_v2": [
        ["depth=11", "width=0.25", "model.kernels=single", "dropout=0.2"],
        ["depth=[1,2,1]", "width=[16,24,40]"],
        ["depth=[1,1,1]", "width=0.125", "model.form=imagenet"],
    ],
    "inception_v3": [
        ["width=0.25", "model.auxiliary=true", "dropout=0.2"],
        ["depth=[1,2,1]", "width=[16,24,40]", "model.asymmetric=3"],
    ],
    "alexnet": [
        ["width=0.125", "dropout=0.5"],
        ["depth=[2,1,2]", "width=[8,8,12,12,16]", "model.towers=1", "model.lrn=false", "model.hidden=20"],
        ["width=[8,8,12,12,16]", "model.hidden=20", "model.form=imagenet"],
    ],
    "nin": [
        ["depth=18", "width=0.125", "dropout=0.5"],
        ["depth=[1,2,1]", "width=[12,16,20]", "model.batch_norm=true"],
        ["depth=12", "width=[12,16,20,24]", "model.form=imagenet"],
    ],
    "mlp": [
        ["depth=3", "width=0.125", "dropout=0.2"],
        ["depth=[1,2]", "width=[40,30,20,10]", "model.batch_norm=false"],
    ],
    "locally_connected": [
        ["dropout=0.2", "width=0.5"],
        ["depth=[1,2]", "width=[4,6]"],
        ["model.sharing=true"],
    ],
}
