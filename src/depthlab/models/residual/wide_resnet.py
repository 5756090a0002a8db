"""Wide residual networks: Zagoruyko & Komodakis 2016 (arXiv 1605.07146)."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_choice, check_form, check_rate
from depthlab.models.residual.branches import EXPANSION, UNITS, basic, bottleneck, build_branch, build_projection
from depthlab.models.residual.forms import FIRST_CHANNELS, build_network, count_units
from depthlab.models.residual.orders import FULL, ORIGINAL, activation_layers
from depthlab.models.residual.unit_shapes import UnitShape, place_units
from depthlab.models.stages import channels_per_stage, doubling, units_per_stage
from depthlab.nn import LayerFactory, Network, Parts, Sum, named


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
    input, and the skip is a 1x1 convolution. `depth` is 6n+4, as the paper counts those convolutions in, or a list of
    units per stage.

    Form "imagenet" (sec. 3.3): the units of He et al. 2015, behind a 7x7 convolution to 64 channels and max pooling.
    Depths 18 and 34 widen all channels of the basic units, 50, 101 and 152 only the 3x3 convolutions of the
    bottlenecks, which stride. A list gives the units of each of the four stages (basic, unless `unit` says otherwise).

    `width` as a list gives the stages' channels, of bottlenecks those of the 3x3 convolutions. `dropout` is the rate
    between the convolutions of a unit (before the last; sec. 2.4: 0.3 for CIFAR), `drop_path` the rate at which the
    last unit is left out. `parts` fill the units with something else, see `Parts`.

    WRN-28-10 has 36,479,194 parameters (Table 4: 36.5 million), WRN-40-4 has 8,949,210 (8.9 million), and WRN-50-2 for
    ImageNet and its 1000 classes 68,883,240 (Table 8: 68.9 million). Raises `ValueError` for a depth that no such
    network has, and for any argument out of its range.
    """
    check_form(form)
    rate, drop_path = check_rate("dropout", dropout), check_rate("drop_path", drop_path)
    kit = LayerFactory("wide_resnet", parts)
    kind, counts = _count_units(form, unit, depth)
    base = doubling(FIRST_CHANNELS[form], len(counts))
    inner = channels_per_stage(width, base)
    out = inner if kind == "basic" else [EXPANSION[kind] * channels for channels in base]

    def build_unit(place: UnitShape) -> Sum:
        if form == "cifar":
            return _pre_activated(kit, place, rate)
        kernels = basic(place) if kind == "basic" else bottleneck(place)
        branch = build_branch(kit, kernels, ORIGINAL, dropout=rate, drop_path=place.drop_path)
        skip = nn.Identity() if place.keeps_shape else build_projection(kit, place, ORIGINAL)
        return Sum({"branch": branch, "skip": skip}, before=place.pool, after=kit.activation())

    order = FULL if form == "cifar" else ORIGINAL
    stages = place_units(kit, counts, stem=base[0], inner=inner, out=out, drop_path=drop_path)
    return build_network(
        kit, form, order, stages, build_unit, num_classes=num_classes, in_channels=in_channels, dropout=rate
    )


def _count_units(form: str, unit: str | None, depth: int | Sequence[int]) -> tuple[str, list[int]]:
    if form == "imagenet":
        return count_units("wide_resnet", form, unit, depth)
    if unit is not None and check_choice("unit", unit, UNITS) != "basic":
        raise ValueError("unit=bottleneck is for ImageNet: leave it out, or type model.form=imagenet")
    return "basic", units_per_stage("wide_resnet", depth, layers_per_unit=2, others=4)


def _pre_activated(kit: LayerFactory, place: UnitShape, dropout: float) -> Sum:
    shared = not place.keeps_shape
    branch = build_branch(kit, basic(place), FULL, dropout=dropout, drop_path=place.drop_path, activated=shared)
    if not shared:
        return Sum({"branch": branch, "skip": nn.Identity()}, before=place.pool)
    before: dict[str, nn.Module] = {} if place.pool is None else {"pool": place.pool}
    before |= activation_layers(kit, FULL.ahead, place.in_channels)
    return Sum({"branch": branch, "skip": build_projection(kit, place, FULL)}, before=named(**before))
