"""Locally connected networks and their convolutional twins: what does weight sharing buy?"""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_count, check_counts, check_rate, check_switch
from depthlab.models.stages import channels_per_stage, doubling, units_per_stage
from depthlab.nn import Downsampling, FixedSize, LayerFactory, LocallyConnected2d, Network, Parts, Sum, sequential


def locally_connected(
    *,
    image_size: int,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    sharing: bool = False,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a network of 3x3 layers whose positions share no weights, each followed by batch norm and ReLU.

    With `sharing` the layers are ordinary convolutions. The twins agree in everything else: kernels, strides, receptive
    field, multiply-adds, batch norm for each channel, and the head, which averages over the pixels before its linear
    layer. So they differ in weight sharing alone, and from `mlp` in locality, the comparison of LeCun 1989,
    "Generalization and network design strategies". Maps (N, in_channels, image_size, image_size) to (N, num_classes).

    The first layer is the stem; three stages of n units with 16, 32 and 64 channels, at strides 1, 2 and 2, and a
    linear layer follow. `depth` is 3n+2, or a list of units per stage. `width` multiplies all channels, or lists each
    stage's; the stem has those of the first stage. `dropout` is the rate at which the features before each layer but
    the first are dropped. `parts` replace the units' layers, see `Parts`; only with `sharing` there are convolutions to
    choose.

    A layer from c to d channels has 9cd weights per position, its twin 9cd in all: at 8x8 pixels of
    one channel depth 5 has 305,034 parameters, with sharing 26,394. Raises `ValueError` for images of another
    size than `image_size` (with sharing too), for a depth that the family does not have, and for any argument out of
    its range.
    """
    check_count("image_size", image_size, example=32)
    check_counts(num_classes=num_classes, in_channels=in_channels)
    shared, rate = check_switch("sharing", sharing), check_rate("dropout", dropout)
    factory = LayerFactory("locally_connected", parts)
    counts = units_per_stage("locally_connected", depth, layers_per_unit=1)
    channels = channels_per_stage(width, doubling(16, len(counts)))
    features, size = channels[0], image_size
    first = _layer(factory, in_channels, features, size=size, stride=1, sharing=shared, fixed=True)
    stem = sequential(images=FixedSize(image_size), layer=first, **factory.norm(features), **factory.named_activation())
    stages: list[list[Sum]] = []
    for count, out in zip(counts, channels, strict=True):
        stages.append([])
        for n in range(count):
            downsampling = (
                factory.downsampling("strided") if len(stages) > 1 and n == 0 else Downsampling(None, stride=1)
            )
            size = size if downsampling.pool is None else -(-size // 2)
            layer = _layer(factory, features, out, size=size, stride=downsampling.stride, sharing=shared)
            stages[-1].append(_unit(factory, layer, out, rate, downsampling.pool))
            features, size = out, -(-size // downsampling.stride)
    head: dict[str, nn.Module] = {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
    head |= factory.dropout(rate, "head", default=True)
    return factory.finish(
        Network(stem=stem, stages=stages, head=sequential(**head, linear=nn.Linear(features, num_classes)))
    )


def _layer(
    factory: LayerFactory,
    in_channels: int,
    out_channels: int,
    *,
    size: int,
    stride: int,
    sharing: bool,
    fixed: bool = False,
) -> nn.Module:
    if sharing:
        return factory.convolution(in_channels, out_channels, kernel_size=3, stride=stride, fixed=fixed)
    return LocallyConnected2d(
        in_channels,
        out_channels,
        input_size=size,
        kernel_size=3,
        stride=stride,
        padding=1,
        bias=not factory.replaces_bias,
    )


def _unit(factory: LayerFactory, layer: nn.Module, channels: int, dropout: float, pool: nn.Module | None) -> Sum:
    layers = factory.dropout(dropout, "unit", default=True) | {"layer": layer}
    layers |= factory.norm(channels) | factory.named_activation() | factory.excitation(channels)
    return Sum({"branch": sequential(**layers)}, before=pool)
