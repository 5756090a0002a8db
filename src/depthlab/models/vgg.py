"""Very deep networks of small kernels: Simonyan & Zisserman 2015 (arXiv 1409.1556)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_choice, check_count, check_form, check_rate, check_switch
from depthlab.models.stages import channels_per_stage, listed_units_per_stage
from depthlab.nn import GridPool, Halving, LayerFactory, Network, Parallel, Parts, Sum, Window, named

KERNELS = ("factored", "single")
HEADS = ("linear", "hidden", "two_hidden")
# Table 1, configurations A, B, D and E: 3x3 convolutions per stage.
TABLE_1 = {11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}
CHANNELS = [64, 128, 256, 512, 512]
IMAGENET_HIDDEN = 8  # 4096 hidden features for 512 channels
IMAGENET_GRID = 7  # side of what the head of an ImageNet network reads: 224 pixels, halved five times
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
    """Build a VGG network: five stages of 3x3 convolutions, each followed by ReLU, with 2x2 max pooling after a stage.

    The stages have 64, 128, 256, 512 and 512 channels; each unit is one convolution, the stem is empty. `depth` is 11,
    13, 16 or 19 (Table 1, configurations A, B, D and E), or a list of convolutions per stage. `width` multiplies all
    channels and hidden features, or lists the stages' channels. With `batch_norm`, each convolution is followed by
    batch norm and keeps its bias, which has no effect then, as in all published networks of that kind.

    `kernels="single"` replaces a stage's stack of n 3x3 convolutions by the one of side 2n+1 that sees the same pixels,
    as sec. 2.3 compares them: (2n+1)^2 instead of 9n weights for each pair of channels, and one ReLU instead of n.

    `form="cifar"` is for small images of any H and W: batch norm unless told, pooling that rounds up, then the mean
    over the pixels and one of three heads: "linear" (512-classes, the default), "hidden" (512-512-classes, with batch
    norm if the convolutions have it) or "two_hidden" (512-512-512-classes). `form="imagenet"` is the paper's, for
    images of 32 pixels or more: no batch norm unless told, and a head 25088-4096-4096-classes on 7x7 features. Maps
    (N, in_channels, H, W) to (N, num_classes).

    `dropout` is the rate at the hidden features of the head (0.5 in sec. 3.1), or before the linear layer if there are
    none. `parts` fill the units with something else, see `Parts`; where pooling gives way to strides, the convolution
    behind it strides, and the last pooling is left out.

    For 1000 classes depths 11, 13, 16 and 19 have 132,863,336, 133,047,848, 138,357,544 and 143,667,240 parameters
    (Table 2: 133, 133, 138 and 144 million); depth 16 for CIFAR-10 has 14,728,266. Raises `ValueError` for a depth that
    the table does not have, and for any argument out of its range.
    """
    imagenet = check_form(form) == "imagenet"
    check_count("num_classes", num_classes, example=10)
    check_count("in_channels", in_channels, example=3)
    norm = not imagenet if batch_norm is None else check_switch("batch_norm", batch_norm)
    typed = None if batch_norm is None else f"model.batch_norm={str(norm).lower()}"
    kit = LayerFactory("vgg", parts, normalization="batch" if norm else "none", typed=typed)
    single = check_choice("kernels", kernels, KERNELS) == "single"
    counts = listed_units_per_stage("vgg", depth, TABLE_1)
    channels = channels_per_stage(width, CHANNELS)
    classifier = _Classifier(kit, _head(imagenet, head), check_rate("dropout", dropout))
    window = Window(2, ceil_mode=not imagenet)
    kernel_sizes = [[2 * count + 1] if single else [3] * count for count in counts]
    stages = _stages(kit, in_channels, channels, kernel_sizes, window, classifier.dropout)
    pool = kit.halving("max", window).layer
    last = (_imagenet_head if imagenet else _cifar_head)(classifier, pool, channels[-1], num_classes)
    smallest = SMALLEST_IMAGENET if imagenet else 1
    net = Network(stem=nn.Sequential(), stages=stages, head=last, smallest_image=smallest)
    return kit.finish(net, fan="out" if kit.normalizes else "in")


def _stages(
    kit: LayerFactory,
    in_channels: int,
    channels: Sequence[int],
    kernel_sizes: Sequence[Sequence[int]],
    window: Window,
    dropout: float,
) -> list[list[Parallel]]:
    features, stages = in_channels, list[list[Parallel]]()
    for sizes, out in zip(kernel_sizes, channels, strict=True):
        units: list[Parallel] = []
        for size in sizes:
            halving = kit.halving("max", window) if stages and not units else Halving(None, stride=1)
            units.append(_unit(kit, features, out, size, halving, dropout, first=not stages and not units))
            features = out
        stages.append(units)
    return stages


def _unit(
    kit: LayerFactory,
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    halving: Halving,
    dropout: float,
    *,
    first: bool,
) -> Sum:
    layers = {} if first else kit.dropped(dropout, "unit", own=False)
    layers["conv"] = kit.convolution(
        in_channels, out_channels, kernel_size=kernel_size, stride=halving.stride, bias=True, fixed=first
    )
    layers |= kit.normalized(out_channels) | kit.activated() | kit.excited(out_channels)
    return Sum({"branch": named(**layers)}, before=halving.pool)


@final
@dataclass(frozen=True)
class _Classifier:
    """The fully connected layers."""

    kit: LayerFactory
    head: str
    dropout: float

    def layers(self, features: int, hidden: int, num_classes: int) -> dict[str, nn.Module]:
        layers: dict[str, nn.Module] = {}
        count = HEADS.index(self.head)
        for n in range(1, count + 1):
            layers[f"linear{n}"] = nn.Linear(features, hidden)
            if self.head == "hidden":
                layers |= self.kit.normalized(hidden, str(n), maps=False)
            layers |= self.kit.activated(str(n)) | self.kit.dropped(self.dropout, "head", str(n), own=True)
            features = hidden
        if not count:
            layers |= self.kit.dropped(self.dropout, "head", own=True)
        return layers | {"linear": nn.Linear(features, num_classes)}


def _cifar_head(classifier: _Classifier, pool: dict[str, nn.Module], channels: int, num_classes: int) -> nn.Sequential:
    layers = classifier.layers(channels, channels, num_classes)
    return named(**pool, mean=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), **layers)


def _imagenet_head(
    classifier: _Classifier, pool: dict[str, nn.Module], channels: int, num_classes: int
) -> nn.Sequential:
    layers = classifier.layers(channels * IMAGENET_GRID**2, channels * IMAGENET_HIDDEN, num_classes)
    grid = GridPool(IMAGENET_GRID)  # the identity at 224 pixels, and what admits other sizes
    return named(**pool, grid=grid, flatten=nn.Flatten(), **layers)


def _head(imagenet: bool, head: str | None) -> str:
    if not imagenet:
        return "linear" if head is None else check_choice("head", head, HEADS)
    if head not in (None, "two_hidden"):
        raise ValueError(f"vgg of form=imagenet has two hidden layers, not head={head}: leave model.head out")
    return "two_hidden"
