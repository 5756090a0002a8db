"""A fully connected network on pixels: no locality, no weight sharing."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_count, check_counts, check_rate, check_switch
from depthlab.models.stages import channels_per_stage, units_per_stage
from depthlab.nn import FixedSize, LayerFactory, Network, Parts, Sum, sequential

HIDDEN = 512


def mlp(
    *,
    image_size: int,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    batch_norm: bool = True,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a multilayer perceptron: linear layers with batch norm and ReLU, on images flattened to rows of pixels.

    The first hidden layer is the stem, each further one is a unit, and the head is a linear layer. It has no
    notion of an image: permuting the pixels only permutes the first layer's weights. Compared with `locally_connected`
    it shows what locality buys. Maps (N, in_channels, image_size, image_size) to (N, num_classes).

    `depth` counts linear layers, so there are depth - 1 hidden ones, or is a list of units per stage. `width`
    multiplies the 512 features of each hidden layer, or lists the features of every hidden layer. Without `batch_norm`
    linear layers have a bias. `dropout` is the rate at which hidden features are dropped. `parts` replace the units'
    layers, see `Parts`.

    At 8x8 pixels of one channel, depth 4 has 565,258 parameters. Raises `ValueError` for images of another size than
    `image_size`, for a depth below 2, and for any argument out of its range.
    """
    check_count("image_size", image_size, example=32)
    check_counts(num_classes=num_classes, in_channels=in_channels)
    norm, rate = check_switch("batch_norm", batch_norm), check_rate("dropout", dropout)
    conflict = None if norm else "model.batch_norm=false"
    factory = LayerFactory("mlp", parts, normalization="batch" if norm else "none", conflict=conflict)
    counts = _units_per_stage(depth)
    first, *others = channels_per_stage(width, [HIDDEN] * (1 + sum(counts)), each="hidden layer")
    pixels = in_channels * image_size**2
    stem = sequential(images=FixedSize(image_size), flatten=nn.Flatten(), **_hidden(factory, pixels, first))
    features, outs = first, iter(others)
    stages: list[list[Sum]] = []
    for count in counts:
        stages.append([])
        for _ in range(count):
            out = next(outs)
            dropped = factory.dropout(rate, "unit", default=True, maps=False)
            stages[-1].append(Sum({"branch": sequential(**dropped, **_hidden(factory, features, out))}))
            features = out
    head = sequential(**factory.dropout(rate, "head", default=True), linear=nn.Linear(features, num_classes))
    return factory.finish(Network(stem=stem, stages=stages, head=head))


def _units_per_stage(depth: object) -> list[int]:
    if isinstance(depth, int) and not isinstance(depth, bool) and depth <= 2:
        if depth < 2:
            raise ValueError(
                f"mlp can't have depth={depth}: depth must be 2 (one hidden layer) or more; the nearest is depth=2"
            )
        return []
    return units_per_stage("mlp", depth, layers_per_unit=1, stages=1)


def _hidden(factory: LayerFactory, in_features: int, out_features: int) -> dict[str, nn.Module]:
    linear = nn.Linear(in_features, out_features, bias=not factory.replaces_bias)
    return {"linear": linear} | factory.norm(out_features, maps=False) | factory.named_activation()
