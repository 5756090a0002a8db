"""VGG, very deep networks of small kernels: Simonyan & Zisserman 2015 (arXiv 1409.1556)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_choice, check_counts, check_form, check_rate, check_switch
from depthlab.models.stages import channels_per_stage, listed_units_per_stage
from depthlab.nn import Downsampling, GridPool, LayerFactory, Network, Parallel, Parts, PoolingWindow, Sum, sequential

KERNELS = ("factored", "single")
HEADS = ("linear", "hidden", "two_hidden")
# Table 1, configurations A, B, D and E: 3x3 convolutions per stage.
TABLE_1 = {11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}
CHANNELS = [64, 128, 256, 512, 512]
IMAGENET_HIDDEN = 8  # 4096 hidden features for 512 channels
IMAGENET_GRID = 7  # side of the features that the head of an ImageNet network reads: 224 pixels, halved five times
SMALLEST_IMAGENET = 32


def vgg(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    batch_norm: bool | None = None,
    kernels: str = "factored",
    head: str | None = None,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a VGG network: five stages of 3x3 convolutions with ReLU, and 2x2 max pooling after each stage.

    The stages have 64, 128, 256, 512 and 512 channels; each unit is one convolution, the stem is empty. `depth` is 11,
    13, 16 or 19 (Table 1, configurations A, B, D and E), or a list of convolutions per stage. `width` multiplies all
    channels and hidden features, or lists the stages' channels. With `batch_norm`, each convolution is followed by
    batch norm and keeps its bias, which then has no effect, as in all published networks of that kind.

    `kernels="single"` replaces a stage's n 3x3 convolutions by one of side 2n+1 that sees the same pixels, the
    comparison of sec. 2.3: (2n+1)^2 instead of 9n weights for each pair of channels, and one ReLU instead of n.

    `form="cifar"` is for small images of any H and W: batch norm by default, pooling that rounds up, then the mean
    over the pixels and one of three heads: "linear" (512-classes, the default), "hidden" (512-512-classes, with batch
    norm if the convolutions have it) or "two_hidden" (512-512-512-classes). `form="imagenet"` is the paper's, for
    images of 32 pixels or more: no batch norm by default, and a head 25088-4096-4096-classes on 7x7 features. Maps
    (N, in_channels, H, W) to (N, num_classes).

    `dropout` is the rate at the hidden features of the head (0.5 in sec. 3.1), or before the linear layer if there are
    none. `parts` replace the units' layers, see `Parts`; where strides replace pooling, the convolution after it
    strides, and the last pooling is left out.

    For 1000 classes depths 11, 13, 16 and 19 have 132,863,336, 133,047,848, 138,357,544 and 143,667,240 parameters
    (Table 2: 133, 133, 138 and 144 million); depth 16 for CIFAR-10 has 14,728,266. Raises `ValueError` for a depth that
    the table does not have, and for any argument out of its range.
    """
    imagenet = check_form(form) == "imagenet"
    check_counts(num_classes=num_classes, in_channels=in_channels)
    norm = not imagenet if batch_norm is None else check_switch("batch_norm", batch_norm)
    conflict = None if batch_norm is None else f"model.batch_norm={str(norm).lower()}"
    factory = LayerFactory("vgg", parts, normalization="batch" if norm else "none", conflict=conflict)
    single = check_choice("kernels", kernels, KERNELS) == "single"
    counts = listed_units_per_stage("vgg", depth, TABLE_1)
    channels = channels_per_stage(width, CHANNELS)
    classifier = _ClassifierHead(factory, _head(imagenet, head), check_rate("dropout", dropout))
    window = PoolingWindow(2, ceil_mode=not imagenet)
    kernel_sizes = [[2 * count + 1] if single else [3] * count for count in counts]
    stages = _stages(factory, in_channels, channels, kernel_sizes, window, classifier.dropout)
    pool = factory.downsampling("max", window).layer
    last = (_imagenet_head if imagenet else _cifar_head)(classifier, pool, channels[-1], num_classes)
    smallest = SMALLEST_IMAGENET if imagenet else 1
    net = Network(stem=nn.Sequential(), stages=stages, head=last, smallest_image=smallest)
    return factory.finish(net, fan="out" if factory.replaces_bias else "in")


def _stages(
    factory: LayerFactory,
    in_channels: int,
    channels: Sequence[int],
    kernel_sizes: Sequence[Sequence[int]],
    window: PoolingWindow,
    dropout: float,
) -> list[list[Parallel]]:
    features, stages = in_channels, list[list[Parallel]]()
    for sizes, out in zip(kernel_sizes, channels, strict=True):
        units: list[Parallel] = []
        for size in sizes:
            downsampling = factory.downsampling("max", window) if stages and not units else Downsampling(None, stride=1)
            units.append(_unit(factory, features, out, size, downsampling, dropout, first=not stages and not units))
            features = out
        stages.append(units)
    return stages


def _unit(
    factory: LayerFactory,
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    downsampling: Downsampling,
    dropout: float,
    *,
    first: bool,
) -> Sum:
    layers = {} if first else factory.dropout(dropout, "unit", default=False)
    layers["conv"] = factory.convolution(
        in_channels, out_channels, kernel_size=kernel_size, stride=downsampling.stride, bias=True, fixed=first
    )
    layers |= factory.norm(out_channels) | factory.named_activation() | factory.excitation(out_channels)
    return Sum({"branch": sequential(**layers)}, before=downsampling.pool)


@final
@dataclass(frozen=True)
class _ClassifierHead:
    """Builds the fully connected layers."""

    factory: LayerFactory
    head: str
    dropout: float

    def layers(self, features: int, hidden: int, num_classes: int) -> dict[str, nn.Module]:
        layers: dict[str, nn.Module] = {}
        count = HEADS.index(self.head)
        for n in range(1, count + 1):
            layers[f"linear{n}"] = nn.Linear(features, hidden)
            if self.head == "hidden":
                layers |= self.factory.norm(hidden, str(n), maps=False)
            layers |= self.factory.named_activation(str(n)) | self.factory.dropout(
                self.dropout, "head", str(n), default=True
            )
            features = hidden
        if not count:
            layers |= self.factory.dropout(self.dropout, "head", default=True)
        return layers | {"linear": nn.Linear(features, num_classes)}


def _cifar_head(
    classifier: _ClassifierHead, pool: dict[str, nn.Module], channels: int, num_classes: int
) -> nn.Sequential:
    layers = classifier.layers(channels, channels, num_classes)
    return sequential(**pool, mean=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), **layers)


def _imagenet_head(
    classifier: _ClassifierHead, pool: dict[str, nn.Module], channels: int, num_classes: int
) -> nn.Sequential:
    layers = classifier.layers(channels * IMAGENET_GRID**2, channels * IMAGENET_HIDDEN, num_classes)
    grid = GridPool(IMAGENET_GRID)  # the identity at 224 pixels; it allows other sizes
    return sequential(**pool, grid=grid, flatten=nn.Flatten(), **layers)


def _head(imagenet: bool, head: str | None) -> str:
    if not imagenet:
        return "linear" if head is None else check_choice("head", head, HEADS)
    if head not in (None, "two_hidden"):
        raise ValueError(f"vgg of form=imagenet has two hidden layers, not head={head}: leave model.head out")
    return "two_hidden"
