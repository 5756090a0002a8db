"""Wide residual networks: Zagoruyko & Komodakis 2016 (arXiv 1605.07146)."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_choice, check_form, check_rate
from depthlab.models.residual.branches import EXPANSION, UNITS, basic, bottleneck, build_branch, build_projection
from depthlab.models.residual.forms import FIRST_CHANNELS, build_network, count_units
from depthlab.models.residual.orders import FULL, ORIGINAL, norm_and_activation
from depthlab.models.residual.unit_shapes import UnitShape, unit_shapes_per_stage
from depthlab.models.stages import channels_per_stage, doubling, units_per_stage
from depthlab.nn import LayerFactory, Network, Parts, Sum, sequential


def wide_resnet(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    unit: str | None = None,
    dropout: float | None = 0.0,
    drop_path: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a wide residual network, WRN-depth-width: few layers of many channels, Zagoruyko & Komodakis 2016.

    Maps (N, in_channels, H, W) to (N, num_classes), for any H and W.

    Form "cifar" (Table 1): pre-activation units, x + F(x) with batch norm and ReLU before each of two 3x3
    convolutions. A 3x3 convolution to 16 channels, whatever the width; three stages of 16k, 32k and 64k channels for
    `width` k; batch norm, ReLU, average pooling, linear. Where the shape changes, both paths read the activated
    input, and the skip is a 1x1 convolution. `depth` is 6n+4, as the paper counts these convolutions too, or a list of
    units per stage.

    Form "imagenet" (sec. 3.3): the units of He et al. 2015, behind a 7x7 convolution to 64 channels and max pooling.
    Depths 18 and 34 widen all channels of the basic units, 50, 101 and 152 only the 3x3 convolutions of the
    bottlenecks, which stride. A list gives the units of each of the four stages (basic, unless `unit` says otherwise).

    `width` as a list gives the stages' channels; for bottlenecks those of the 3x3 convolutions. `dropout` is the rate
    between the convolutions of a unit (before the last; sec. 2.4: 0.3 for CIFAR), `drop_path` the rate at which the
    last unit is dropped. `parts` replace the units' layers, see `Parts`.

    WRN-28-10 has 36,479,194 parameters (Table 4: 36.5 million), WRN-40-4 has 8,949,210 (8.9 million), and WRN-50-2 for
    ImageNet and its 1000 classes 68,883,240 (Table 8: 68.9 million). Raises `ValueError` for a depth that the
    family does not have, and for any argument out of its range.
    """
    check_form(form)
    rate, drop_path = check_rate("dropout", dropout), check_rate("drop_path", drop_path)
    factory = LayerFactory("wide_resnet", parts)
    kind, counts = _count_units(form, unit, depth)
    base = doubling(FIRST_CHANNELS[form], len(counts))
    inner = channels_per_stage(width, base)
    out = inner if kind == "basic" else [EXPANSION[kind] * channels for channels in base]

    def build_unit(shape: UnitShape) -> Sum:
        if form == "cifar":
            return _pre_activated(factory, shape, rate)
        kernels = basic(shape) if kind == "basic" else bottleneck(shape)
        branch = build_branch(factory, kernels, ORIGINAL, dropout=rate, drop_path=shape.drop_path)
        skip = nn.Identity() if shape.keeps_shape else build_projection(factory, shape, ORIGINAL)
        return Sum({"branch": branch, "skip": skip}, before=shape.pool, after=factory.activation())

    order = FULL if form == "cifar" else ORIGINAL
    stages = unit_shapes_per_stage(factory, counts, stem=base[0], inner=inner, out=out, drop_path=drop_path)
    return build_network(
        factory, form, order, stages, build_unit, num_classes=num_classes, in_channels=in_channels, dropout=rate
    )


def _count_units(form: str, unit: str | None, depth: int | Sequence[int]) -> tuple[str, list[int]]:
    if form == "imagenet":
        return count_units("wide_resnet", form, unit, depth)
    if unit is not None and check_choice("unit", unit, UNITS) != "basic":
        raise ValueError("unit=bottleneck is for ImageNet: leave it out, or type model.form=imagenet")
    return "basic", units_per_stage("wide_resnet", depth, layers_per_unit=2, others=4)


def _pre_activated(factory: LayerFactory, shape: UnitShape, dropout: float) -> Sum:
    shared = not shape.keeps_shape
    branch = build_branch(factory, basic(shape), FULL, dropout=dropout, drop_path=shape.drop_path, activated=shared)
    if not shared:
        return Sum({"branch": branch, "skip": nn.Identity()}, before=shape.pool)
    before: dict[str, nn.Module] = {} if shape.pool is None else {"pool": shape.pool}
    before |= norm_and_activation(factory, FULL.ahead, shape.in_channels)
    return Sum({"branch": branch, "skip": build_projection(factory, shape, FULL)}, before=sequential(**before))
