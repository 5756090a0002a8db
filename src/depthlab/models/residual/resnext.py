"""Residual networks of aggregated transformations: Xie et al. 2017 (arXiv 1611.05431)."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_count, check_form, check_rate, is_number
from depthlab.models.residual.branches import EXPANSION, LAYERS, bottleneck, build_branch, build_projection
from depthlab.models.residual.forms import BOTTLENECK_DEPTHS, build_network
from depthlab.models.residual.orders import ORIGINAL
from depthlab.models.residual.unit_shapes import UnitShape, unit_shapes_per_stage
from depthlab.models.stages import channels_per_stage, doubling, listed_units_per_stage, units_per_stage
from depthlab.nn import LayerFactory, Network, Parts, Sum

STEM = 64  # channels, in both forms


def resnext(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    cardinality: int,
    group_width: int,
    dropout: float | None = 0.0,
    drop_path: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a ResNeXt: each unit computes relu(T_1(x) + ... + T_C(x) + skip(x)), Xie et al. 2017, eq. 3.

    The C = `cardinality` transformations are bottlenecks of the same shape, computed as one whose 3x3 convolution is
    grouped (Fig. 3 (c)): 1x1 to C groups of `group_width` channels, 3x3 within each group, 1x1 to the unit's output.
    The groups double from stage to stage; the outputs have 256, 512, 1024 (and 2048) channels whatever the
    groups. Skips project where the shape changes (option B), and the 3x3 strides. Maps (N, in_channels, H, W) to
    (N, num_classes), for any H and W.

    Form "cifar" (sec. 5.3): a 3x3 convolution to 64 channels, three stages, `depth` 9n+2. Form "imagenet" (Table 1): a
    7x7 convolution and max pooling, four stages, `depth` 50, 101 or 152. Or `depth` lists the units per stage.

    `width` as a factor multiplies all channels, those of a group too (rounded); as a list it gives each stage's
    output channels (a quarter of the first to the stem) and leaves the groups alone. `dropout` is the rate before a
    unit's last convolution, `drop_path` the rate at which the last unit is dropped. `parts` replace the units'
    layers, see `Parts`; grouped convolutions have `cardinality` groups by default.

    With depth 29, 8x64d and 16x64d have 34,426,698 and 68,155,210 parameters (Table 7); for
    ImageNet and its 1000 classes ResNeXt-50 32x4d has 25,028,904 (Table 1: 25.0 million). Raises `ValueError` for a
    depth that the family does not have, for groups of less than one channel, and for any argument out of its range.
    """
    check_form(form)
    check_count("cardinality", cardinality, example=8)
    check_count("group_width", group_width, example=64)
    rate, drop_path = check_rate("dropout", dropout), check_rate("drop_path", drop_path)
    factory = LayerFactory("resnext", parts)
    if form == "cifar":
        counts = units_per_stage("resnext", depth, layers_per_unit=LAYERS["bottleneck"])
    else:
        counts = listed_units_per_stage("resnext", depth, BOTTLENECK_DEPTHS)
    base = doubling(EXPANSION["bottleneck"] * STEM, len(counts))
    out = channels_per_stage(width, base)
    inner = [cardinality * group for group in _groups(group_width, width, len(counts))]

    def build_unit(shape: UnitShape) -> Sum:
        kernels = bottleneck(shape, groups=cardinality)
        branch = build_branch(factory, kernels, ORIGINAL, dropout=rate, drop_path=shape.drop_path)
        skip = nn.Identity() if shape.keeps_shape else build_projection(factory, shape, ORIGINAL)
        return Sum({"branch": branch, "skip": skip}, before=shape.pool, after=factory.activation())

    stem = max(1, out[0] // EXPANSION["bottleneck"])
    stages = unit_shapes_per_stage(factory, counts, stem=stem, inner=inner, out=out, drop_path=drop_path)
    return build_network(
        factory, form, ORIGINAL, stages, build_unit, num_classes=num_classes, in_channels=in_channels, dropout=rate
    )


def _groups(group_width: int, width: object, stages: int) -> list[int]:
    """Return the number of channels in each group of the 3x3 convolutions, per stage."""
    factor = width if is_number(width) else 1
    groups = [round(channels * factor) for channels in doubling(group_width, stages)]
    if groups[0] < 1:
        raise ValueError(
            f"width={width} leaves groups of group_width={group_width} less than one channel: "
            f"type a width of {1 / group_width:g} or more, or a larger group_width"
        )
    return groups
