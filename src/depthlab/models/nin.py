"""Network in network: small perceptrons sliding over the image (Lin, Chen & Yan 2014, arXiv 1312.4400)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_counts, check_form, check_rate, check_switch
from depthlab.models.stages import channels_per_stage, units_per_stage
from depthlab.nn import Downsampling, LayerFactory, Network, Parts, PoolingWindow, Sum, sequential

LAYERS = 3  # weighted layers of an mlpconv: one k x k convolution, two 1x1 convolutions


@final
@dataclass(frozen=True)
class _Stage:
    """Channels of a stage's three layers, its kernel, and the pooling and dropout before it."""

    channels: tuple[int, int, int]
    kernel_size: int
    stride: int = 1  # of its first convolution
    pool: str = "max"
    drops_input: bool = False


# As the authors released them for Caffe; the last 1x1 convolution of each form is the head's.
SHAPES = {
    "cifar": (
        _Stage((192, 160, 96), 5),
        _Stage((192, 192, 192), 5, drops_input=True),
        _Stage((192, 192, 192), 3, pool="average", drops_input=True),
    ),
    "imagenet": (
        _Stage((96, 96, 96), 11, stride=4),
        _Stage((256, 256, 256), 5),
        _Stage((384, 384, 384), 3),
        _Stage((1024, 1024, 1024), 3, drops_input=True),
    ),
}
SMALLEST = {"cifar": 4, "imagenet": 39}
# Windows may reach over the edge, as in Caffe: 32, 16, 8 pixels, and so on to floor(H / 2).
WINDOW = PoolingWindow(3, ceil_mode=True)


def nin(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    batch_norm: bool = False,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a network in network: each unit is an mlpconv, a k x k convolution and two 1x1 convolutions with ReLU.

    The 1x1 convolutions apply one perceptron at every pixel (eq. 2). There is no linear layer: the last 1x1 convolution
    outputs a map for each class, and the mean of the map is the logit (sec. 3.2). The authors' code has another ReLU
    before the mean; it is left out here, because a class whose map is zero for all images would never learn. Stages are
    separated by overlapping 3x3 pooling with stride 2. Maps (N, in_channels, H, W) to (N, num_classes).

    `form="cifar"` has three stages of 5x5, 5x5 and 3x3 kernels and takes 4 pixels or more; `form="imagenet"` has four,
    of 11x11 with stride 4, 5x5, 3x3 and 3x3, and takes 39 or more. `depth` counts all convolutions: 9n for "cifar" and
    12n for "imagenet", with n mlpconvs per stage, or is a list of these. The head's 1x1 convolution is the third layer
    of the last mlpconv, whose unit has the other two, so the authors' networks have depths 9 and 12. `width`
    multiplies all channels, or lists those of the stages' k x k convolutions; the 1x1 convolutions scale in proportion.

    With `batch_norm` (not in the paper) each convolution but the head's is followed by batch norm and has no bias.
    `dropout` is the rate at which the features between stages are dropped, for "imagenet" only those before the last
    stage (0.5 in both). `parts` replace the units' layers, see `Parts`; where strides replace pooling, the k x k
    convolution after it strides.

    Weights are initialized by eq. 10 of He et al. 2015 (arXiv 1502.01852).

    Depth 9 has 966,986 parameters for CIFAR-10 and depth 12 has 7,595,176 for 1000 classes. Raises `ValueError` for a
    depth that the family does not have, and for any argument out of its range.
    """
    stages = SHAPES[check_form(form)]
    check_counts(num_classes=num_classes, in_channels=in_channels)
    norm, rate = check_switch("batch_norm", batch_norm), check_rate("dropout", dropout)
    what = "nin" if form == "cifar" else f"nin of form={form}"
    conflict = "model.batch_norm=true" if norm else None
    factory = LayerFactory("nin", parts, normalization="batch" if norm else "none", conflict=conflict)
    counts = units_per_stage(what, depth, layers_per_unit=LAYERS, stages=len(stages), others=0, fixed=True)
    widths = channels_per_stage(width, [stage.channels[0] for stage in stages])
    features = in_channels
    units: list[list[Sum]] = []
    for stage, count, wide in zip(stages, counts, widths, strict=True):
        channels = [max(1, round(c * wide / stage.channels[0])) for c in stage.channels]
        downsampling, between = _between(factory, stage, rate) if units else (Downsampling(None, stride=1), {})
        units.append([])
        for n in range(count):
            last = len(units) == len(stages) and n == count - 1
            outs = channels[:-1] if last else channels
            stride, fixed = (1, False) if n else (downsampling.stride, len(units) == 1)
            first = _convolution(factory, features, stage, outs[0], stride=stride, fixed=fixed)
            before = sequential(**between) if between and n == 0 else None
            units[-1].append(Sum({"branch": _mlpconv(factory, first, outs)}, before=before))
            features = outs[-1]
    head = _head(factory, features, num_classes, rate)
    network = Network(stem=nn.Sequential(), stages=units, head=head, smallest_image=SMALLEST[form])
    return factory.finish(network, fan="in")


def _between(factory: LayerFactory, stage: _Stage, rate: float) -> tuple[Downsampling, dict[str, nn.Module]]:
    """Return what lies between two stages: how pixels become fewer, and the layers that do it and drop features."""
    downsampling = factory.downsampling(stage.pool, WINDOW)
    dropping = factory.dropout(rate, "unit", default=True) if stage.drops_input else {}
    return downsampling, downsampling.layer | dropping


def _convolution(
    factory: LayerFactory, in_channels: int, stage: _Stage, out_channels: int, *, stride: int, fixed: bool
) -> nn.Module:
    size = stage.kernel_size
    if fixed and stage.stride > 1:  # no padding
        return factory.convolution(
            in_channels, out_channels, kernel_size=size, stride=stage.stride, padding=(0, 0), fixed=True
        )
    return factory.convolution(in_channels, out_channels, kernel_size=size, stride=stride, fixed=fixed)


def _mlpconv(factory: LayerFactory, first: nn.Module, channels: Sequence[int]) -> nn.Sequential:
    layers: dict[str, nn.Module] = {}
    for n, out in enumerate(channels, start=1):
        layers[f"conv{n}"] = first if n == 1 else factory.convolution(channels[n - 2], out, kernel_size=1)
        layers |= factory.norm(out, str(n)) | factory.named_activation(str(n))
    return sequential(**layers, **factory.excitation(channels[-1]))


def _head(factory: LayerFactory, features: int, num_classes: int, dropout: float) -> nn.Sequential:
    conv = nn.Conv2d(features, num_classes, kernel_size=1)
    return sequential(
        **factory.dropout(dropout, "head", default=False), conv=conv, pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()
    )
