"""The two forms of a residual network: for small images, and the paper's for ImageNet."""

from collections.abc import Callable, Mapping, Sequence

from torch import nn

from depthlab.models.arguments import check_choice, check_counts, is_list
from depthlab.models.residual.branches import LAYERS, UNITS
from depthlab.models.residual.orders import LayerOrder, norm_and_activation
from depthlab.models.residual.unit_shapes import UnitShape
from depthlab.models.stages import listed_units_per_stage, units_per_stage
from depthlab.nn import LayerFactory, Network, Parallel, PoolingWindow, sequential

FIRST_CHANNELS = {"cifar": 16, "imagenet": 64}  # of the stem and the first stage; they double from stage to stage
BASIC_DEPTHS: dict[int, list[int]] = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3]}
BOTTLENECK_DEPTHS: dict[int, list[int]] = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}


def count_units(
    family: str, form: str, unit: object, depth: object, bottlenecks: Mapping[int, list[int]] = BOTTLENECK_DEPTHS
) -> tuple[str, list[int]]:
    """Return the kind of unit, and how many of them each stage has.

    For small images `depth` is 6n+2 with basic units and 9n+2 with bottlenecks (He et al. 2015, sec. 4.2); `unit`
    None means basic. For ImageNet it is one that the paper lists (Table 1; `bottlenecks` for those units), and `unit`
    None means the unit of that depth, or basic for a list.
    """
    if unit is not None:
        check_choice("unit", unit, UNITS)
    if form == "cifar":
        kind = "basic" if unit is None else str(unit)
        return kind, units_per_stage(f"{family} with {kind} units", depth, layers_per_unit=LAYERS[kind])
    if unit is None:
        counts = listed_units_per_stage(family, depth, {**BASIC_DEPTHS, **bottlenecks})
        return "basic" if is_list(depth) or depth in BASIC_DEPTHS else "bottleneck", counts
    table = BASIC_DEPTHS if unit == "basic" else bottlenecks
    return str(unit), listed_units_per_stage(f"{family} with {unit} units", depth, table)


def build_network(
    factory: LayerFactory,
    form: str,
    order: LayerOrder,
    stages: Sequence[Sequence[UnitShape]],
    build_unit: Callable[[UnitShape], Parallel],
    *,
    num_classes: int,
    in_channels: int,
    dropout: float,
) -> Network:
    """Build stem, units and head, and initialize the weights."""
    check_counts(num_classes=num_classes, in_channels=in_channels)
    stem = _build_stem(factory, form, order, in_channels, stages[0][0].in_channels)
    units = [[build_unit(shape) for shape in stage] for stage in stages]
    features = stages[-1][-1].out_channels
    head = sequential(
        **norm_and_activation(factory, order.ahead, features),
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        **factory.dropout(dropout, "head", default=False),
        linear=nn.Linear(features, num_classes),
    )
    return factory.finish(Network(stem=stem, stages=units, head=head))


def _build_stem(factory: LayerFactory, form: str, order: LayerOrder, in_channels: int, features: int) -> nn.Sequential:
    """Return a 3x3 convolution, or for ImageNet a 7x7 and a pooling that together shrink H and W to a quarter.

    The 3x3 is followed by the layers that `order` has after a convolution; the 7x7 is always activated before pooling.
    """
    if form == "cifar":
        conv = factory.convolution(in_channels, features, kernel_size=3, fixed=True)
        return sequential(conv=conv, **norm_and_activation(factory, order.behind, features))
    downsampling = factory.downsampling("max", PoolingWindow(3, padding=1))
    return sequential(
        conv=factory.convolution(in_channels, features, kernel_size=7, stride=2 * downsampling.stride, fixed=True),
        **norm_and_activation(factory, ("norm", "relu"), features),
        **downsampling.layer,
    )
