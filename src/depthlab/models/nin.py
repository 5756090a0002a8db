"""Network in network: small perceptrons slide over the image (Lin, Chen & Yan 2014, arXiv 1312.4400)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_count, check_form, check_rate, check_switch
from depthlab.models.stages import channels_per_stage, units_per_stage
from depthlab.nn import Network, Sum, initialize, named

LAYERS = 3  # weighted layers of an mlpconv: one k x k convolution, two 1x1 convolutions


@final
@dataclass(frozen=True)
class _Stage:
    """Channels of a stage's three layers, its kernel, and the pooling and dropout before it."""

    channels: tuple[int, int, int]
    kernel_size: int
    stride: int = 1  # of its first convolution
    pool: type[nn.MaxPool2d] | type[nn.AvgPool2d] = nn.MaxPool2d
    dropped: bool = False


# As the authors released them for Caffe; the last 1x1 convolution of each form is the head's.
SHAPES = {
    "cifar": (
        _Stage((192, 160, 96), 5),
        _Stage((192, 192, 192), 5, dropped=True),
        _Stage((192, 192, 192), 3, pool=nn.AvgPool2d, dropped=True),
    ),
    "imagenet": (
        _Stage((96, 96, 96), 11, stride=4),
        _Stage((256, 256, 256), 5),
        _Stage((384, 384, 384), 3),
        _Stage((1024, 1024, 1024), 3, dropped=True),
    ),
}
SMALLEST = {"cifar": 4, "imagenet": 39}


def nin(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    batch_norm: bool = False,
    dropout: float | None = 0.0,
) -> Network:
    """Build a network in network: each unit is an mlpconv, a k x k convolution and two 1x1 convolutions with ReLU.

    The 1x1 convolutions apply one perceptron at every pixel (eq. 2). There is no linear layer: the last 1x1 convolution
    puts out a map for each class, and the mean of the map is the logit (sec. 3.2); the authors' code has one more ReLU
    before the mean, left out here, as a class whose map is zero for all images would never learn. Stages are divided
    by overlapping 3x3 pooling with stride 2; the stem is empty. Maps (N, in_channels, H, W) to (N, num_classes).

    `form="cifar"` has three stages of 5x5, 5x5 and 3x3 kernels and takes 4 pixels or more; `form="imagenet"` has four,
    of 11x11 with stride 4, 5x5, 3x3 and 3x3, and takes 39 or more. `depth` counts all convolutions: 9n for "cifar" and
    12n for "imagenet", with n mlpconvs per stage, or is a list of these. The head's 1x1 convolution is the third layer
    of the last mlpconv, whose unit has the other two, so the authors' networks have depths 9 and 12. `width`
    multiplies all channels, or lists those of the stages' k x k convolutions, which the 1x1 follow in proportion.

    With `batch_norm` (not in the paper) each convolution but the head's is followed by it and has no bias. `dropout` is
    the rate at which the features between stages are dropped, for "imagenet" only those before the last stage (0.5 in
    both).

    Weights start as eq. 10 of He et al. 2015 (arXiv 1502.01852) has them.

    Depth 9 has 966,986 parameters for CIFAR-10 and depth 12 has 7,595,176 for 1000 classes. Raises `ValueError` for a
    depth that no such network has, and for any argument out of its range.
    """
    stages = SHAPES[check_form(form)]
    check_count("num_classes", num_classes, example=10)
    check_count("in_channels", in_channels, example=3)
    norm, rate = check_switch("batch_norm", batch_norm), check_rate("dropout", dropout)
    what = "nin" if form == "cifar" else f"nin of form={form}"
    counts = units_per_stage(what, depth, layers_per_unit=LAYERS, stages=len(stages), others=0, fixed=True)
    widths = channels_per_stage(width, [stage.channels[0] for stage in stages])
    features = in_channels
    units: list[list[Sum]] = []
    for stage, count, wide in zip(stages, counts, widths, strict=True):
        channels = [max(1, round(c * wide / stage.channels[0])) for c in stage.channels]
        before = _between(stage, rate) if units else None
        units.append([])
        for n in range(count):
            last = len(units) == len(stages) and n == count - 1
            outs = channels[:-1] if last else channels
            first = _convolution(features, stage, outs[0], stride=1 if n else stage.stride, norm=norm)
            units[-1].append(Sum({"branch": _mlpconv(first, outs, norm)}, before=None if n else before))
            features = outs[-1]
    net = Network(stem=nn.Sequential(), stages=units, head=_head(features, num_classes), smallest_image=SMALLEST[form])
    initialize(net, fan="in")
    return net


def _between(stage: _Stage, dropout: float) -> nn.Sequential:
    # Windows may reach over the border, as Caffe's do: 32, 16, 8 pixels, and so on to floor(H / 2).
    layers: dict[str, nn.Module] = {"pool": stage.pool(kernel_size=3, stride=2, ceil_mode=True)}
    if dropout and stage.dropped:
        layers["dropout"] = nn.Dropout(dropout)
    return named(**layers)


def _convolution(in_channels: int, stage: _Stage, out_channels: int, *, stride: int, norm: bool) -> nn.Conv2d:
    size = stage.kernel_size
    padding = size // 2 if stride == 1 else 0  # the strided one reads no border
    return nn.Conv2d(in_channels, out_channels, kernel_size=size, stride=stride, padding=padding, bias=not norm)


def _mlpconv(first: nn.Conv2d, channels: Sequence[int], norm: bool) -> nn.Sequential:
    layers: dict[str, nn.Module] = {}
    for n, out in enumerate(channels, start=1):
        layers[f"conv{n}"] = first if n == 1 else nn.Conv2d(channels[n - 2], out, kernel_size=1, bias=not norm)
        if norm:
            layers[f"norm{n}"] = nn.BatchNorm2d(out)
        layers[f"relu{n}"] = nn.ReLU()
    return named(**layers)


def _head(features: int, num_classes: int) -> nn.Sequential:
    return named(
        conv=nn.Conv2d(features, num_classes, kernel_size=1), pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()
    )
