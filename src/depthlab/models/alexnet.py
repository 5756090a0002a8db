"""AlexNet: Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural networks"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_count, check_counts, check_form, check_rate, check_switch, is_number
from depthlab.models.stages import channels_per_stage, listed_units_per_stage
from depthlab.nn import Downsampling, GridPool, LayerFactory, Network, Parts, PoolingWindow, Sum, sequential

DEPTHS = {8: [1, 1, 3]}  # sec. 3.5: convolutions between poolings; three fully connected layers follow


@final
@dataclass(frozen=True)
class _FormSettings:
    """What differs between the forms for large and for small images."""

    stem: tuple[int, int, int]  # kernel size, stride and padding of the first convolution
    window: PoolingWindow  # of all poolings
    grid: int  # side of the grid that the fully connected layers read
    hidden: int
    smallest_image: int


SHAPES = {
    # ours: kernel and stride suit small images, and padded pooling never reaches size 0
    "cifar": _FormSettings(stem=(5, 1, 2), window=PoolingWindow(3, padding=1), grid=2, hidden=1024, smallest_image=1),
    # the paper's 224 pixels, padded by 2 to give the 55 positions of its Figure 2
    "imagenet": _FormSettings(stem=(11, 4, 2), window=PoolingWindow(3), grid=6, hidden=4096, smallest_image=63),
}


def alexnet(
    *,
    depth: int | Sequence[int] = 8,
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    towers: int = 2,
    lrn: bool = True,
    hidden: int | None = None,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build AlexNet: five convolutions with ReLU and overlapping 3x3 max pooling, and three linear layers.

    Convolutions have 96, 256, 384, 384 and 256 channels and kernels of 11x11 (stride 4), 5x5, 3x3, 3x3 and 3x3; each is
    a unit, and the stem is empty. `towers` is the number of GPUs over which the paper divides the network: all
    convolutions but the first and the third read their own tower's channels only (so the second, fourth and fifth are
    grouped). With `lrn` the first two are followed by local response normalization, k=2, n=5, alpha=1e-4, beta=0.75,
    over the channels of all towers. Maps (N, in_channels, H, W) to (N, num_classes).

    `form="imagenet"` is the paper's, for images of 63 pixels or more; the linear layers read a 6x6 grid: at 224 pixels
    the features themselves, otherwise their means. `form="cifar"` is ours for images of any size: the same network with
    a 5x5 convolution of stride 1 first, pooling that halves and rounds up, and a 2x2 grid.

    `depth` is 8, or a list of convolutions for the three stages, [1,1,3] in the paper: additional ones are 3x3 and have
    their stage's channels. `width` multiplies all channels and hidden features, or lists the channels of every
    convolution. `hidden` is the number of features of the two hidden layers: 4096, or 1024 for "cifar". `dropout` is
    the rate at which these are dropped (0.5 in the paper, sec. 4.2). `parts` replace the units' layers, see `Parts`;
    another normalization takes the place of local response normalization, grouped convolutions have `towers` groups by
    default, and where strides replace pooling, the convolution after it strides.

    Weights are initialized by eq. 10 of He et al. 2015. For 1000 classes the paper's network has 60,965,224 parameters;
    torchvision's, `towers=1, lrn=False, width=[64,192,384,256,256]`, has 61,100,840. Raises `ValueError` for a depth
    that the family does not have, and for any argument out of its range.
    """
    settings = SHAPES[check_form(form)]
    check_counts(num_classes=num_classes, in_channels=in_channels)
    counts = listed_units_per_stage("alexnet", depth, DEPTHS)
    channels = channels_per_stage(width, _channels(counts), each="convolution")
    _check_towers(towers, channels)
    normalized, rate = check_switch("lrn", lrn), check_rate("dropout", dropout)
    factory = LayerFactory("alexnet", parts, normalization="lrn", conflict=None if normalized else "model.lrn=false")
    features, outs = in_channels, iter(channels)
    stages: list[list[Sum]] = [[] for _ in counts]
    for stage, count in enumerate(counts):
        for n in range(count):
            out, norm = next(outs), normalized and stage < 2 and n == count - 1
            if stage == n == 0:
                unit = _first_unit(factory, features, out, settings, norm=norm)
            else:
                size, groups = 5 if (stage, n) == (1, 0) else 3, 1 if (stage, n) == (2, 0) else towers
                window = None if n else settings.window
                unit = _unit(factory, features, out, size, groups=groups, dropout=rate, window=window, norm=norm)
            stages[stage].append(unit)
            features = out
    head = _head(factory, settings, features, _hidden(hidden, settings, width), num_classes, rate)
    net = Network(stem=nn.Sequential(), stages=stages, head=head, smallest_image=settings.smallest_image)
    return factory.finish(net, fan="in")


def _channels(counts: Sequence[int]) -> list[int]:
    first, second, third = counts
    return [96] * first + [256] * second + [384] * (third - 1) + [256]


def _check_towers(towers: int, channels: Sequence[int]) -> None:
    check_count("towers", towers, example=2)
    uneven = [c for c in channels if c % towers]
    if uneven:
        raise ValueError(
            f"towers={towers} must divide the channels of every convolution, not {uneven[0]}: "
            "choose another width, or type model.towers=1"
        )


def _hidden(hidden: int | None, settings: _FormSettings, width: object) -> int:
    if hidden is not None:
        return check_count("hidden", hidden, example=settings.hidden)
    return round(settings.hidden * width) if is_number(width) else settings.hidden


def _first_unit(
    factory: LayerFactory, in_channels: int, out_channels: int, settings: _FormSettings, *, norm: bool
) -> Sum:
    size, stride, padding = settings.stem
    layers: dict[str, nn.Module] = {
        "conv": factory.convolution(
            in_channels,
            out_channels,
            kernel_size=size,
            stride=stride,
            padding=(padding, padding),
            bias=True,
            fixed=True,
        )
    }
    return Sum({"branch": sequential(**layers, **_behind(factory, out_channels, norm))})


def _unit(
    factory: LayerFactory,
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    *,
    groups: int,
    dropout: float,
    window: PoolingWindow | None,
    norm: bool,
) -> Sum:
    """Return a convolution with its dropout, activation and normalization, after pooling if there is a window."""
    downsampling = Downsampling(None, stride=1) if window is None else factory.downsampling("max", window)
    layers = factory.dropout(dropout, "unit", default=False)
    layers["conv"] = factory.convolution(
        in_channels, out_channels, kernel_size=kernel_size, stride=downsampling.stride, groups=groups, bias=True
    )
    return Sum({"branch": sequential(**layers, **_behind(factory, out_channels, norm))}, before=downsampling.pool)


def _behind(factory: LayerFactory, channels: int, norm: bool) -> dict[str, nn.Module]:
    return factory.named_activation() | (factory.norm(channels) if norm else {}) | factory.excitation(channels)


def _head(
    factory: LayerFactory, settings: _FormSettings, channels: int, hidden: int, num_classes: int, dropout: float
) -> nn.Sequential:
    layers = factory.downsampling("max", settings.window).layer | {
        "grid": GridPool(settings.grid),
        "flatten": nn.Flatten(),
    }
    features = channels * settings.grid**2
    for n in (1, 2):
        layers |= {f"linear{n}": nn.Linear(features, hidden)} | factory.named_activation(str(n))
        layers |= factory.dropout(dropout, "head", str(n), default=True)
        features = hidden
    return sequential(**layers, linear=nn.Linear(features, num_classes))
