"""What the Inception families are built of: units from modules, stems, heads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.inception.modules import Inception, Path, scale_up
from depthlab.nn import Concat, LayerFactory, LocalResponseNorm, Window, named

EPSILON = 1e-3  # of batch norm, in the networks that the authors released
UNPADDED = Window(3, ceil_mode=True)  # overlapping, halves an even H, as GoogLeNet's: needs H and W of 2 or more
PADDED = Window(3, padding=1)  # overlapping, to ceil(H / 2): takes features of any size


@final
@dataclass(frozen=True)
class Layers:
    """Makes convolutions with normalization, or with biases instead, each followed by an activation, of the `kit`.

    What strides inside a unit pads, so that H becomes ceil(H / 2), or doesn't (`padded=False`): floor((H - 1) / 2).
    """

    kit: LayerFactory
    padded: bool = True

    def convolve(
        self,
        number: str,
        in_channels: int,
        out_channels: int,
        kernel: tuple[int, int],
        *,
        stride: int = 1,
        padded: bool = True,
        fixed: bool = False,
    ) -> dict[str, nn.Module]:
        """Return layers named conv, norm and relu, and `number`."""
        convolution = self.kit.convolution(
            in_channels,
            out_channels,
            kernel_size=kernel,
            stride=stride,
            padding=None if padded else (0, 0),
            fixed=fixed,
        )
        norm = self.kit.normalized(out_channels, number, eps=EPSILON)
        return {f"conv{number}": convolution, **norm, **self.kit.activated(number)}

    def unit(self, module: Inception, in_channels: int, *, before: nn.Module | None = None) -> Concat:
        """Return the unit that a module describes: (N, in_channels, H, W) to (N, out_channels, H', W')."""
        paths = {name: self._path(path, in_channels, module.stride) for name, path in module.paths.items()}
        excited = self.kit.excited(module.out_channels(in_channels))
        return Concat(paths, before=before, after=named(**excited) if excited else None)

    def stages(
        self, stages: Sequence[Sequence[Inception]], in_channels: int, between: Window | None = None
    ) -> tuple[list[list[Concat]], list[int]]:
        """Return the units of each stage, and how many channels each unit puts out, over all stages.

        `between` is what is pooled before the first unit of each stage but the first, if anything is.
        """
        units: list[list[Concat]] = []
        channels = [in_channels]
        for modules in stages:
            pool = self.between(between) if between is not None and units else None
            units.append([])
            for module, before in zip(modules, [pool] + [None] * (len(modules) - 1), strict=True):
                units[-1].append(self.unit(module, channels[-1], before=before))
                channels.append(module.out_channels(channels[-1]))
        return units, channels[1:]

    def between(self, window: Window) -> nn.Module:
        """Return what pools between two stages, or in the stem."""
        return window.pool(self.kit.pooling("max"))

    def _path(self, path: Path, in_channels: int, stride: int) -> nn.Sequential:
        layers: dict[str, nn.Module] = {"pool": self._pool(path.pool, stride)} if path.pool else {}
        for number, step in enumerate(path.steps, start=1):
            last = number == len(path.steps)
            step_stride = stride if last and not path.pool else 1
            padded = self.padded or step_stride == 1
            sides = {
                part: self.convolve("", in_channels, part.channels, part.kernel, stride=step_stride, padded=padded)
                for part in step
            }
            if len(step) == 1:
                layers |= {f"{name}{number}": layer for name, layer in sides[step[0]].items()}
            else:
                layers[f"split{number}"] = Concat(
                    {f"{part.kernel[0]}x{part.kernel[1]}": named(**side) for part, side in sides.items()}
                )
            in_channels = sum(part.channels for part in step)
        return named(**layers)

    def _pool(self, kind: str, stride: int) -> nn.Module:
        padding = 1 if self.padded or stride == 1 else 0
        if self.kit.pooling(kind) == "max":
            return nn.MaxPool2d(3, stride=stride, padding=padding)
        # Zeros around the image don't count in the mean: so the authors' networks were trained, unlike their ports.
        return nn.AvgPool2d(3, stride=stride, padding=padding, count_include_pad=False)


@final
@dataclass(frozen=True)
class Body:
    """All of a form but its heads: the stem with the channels that it puts out, the modules of each stage.

    `between` is pooled between stages; `scale` is the factor on the channels of auxiliary heads, if it can have some.
    """

    stem: nn.Sequential
    channels: int
    stages: Sequence[Sequence[Inception]]
    scale: float = 1.0
    between: Window | None = None
    smallest_image: int = 1


def small_stem(layers: Layers, in_channels: int, channels: int) -> nn.Sequential:
    """Return a 3x3 convolution at full resolution, for small images."""
    return named(**layers.convolve("", in_channels, channels, (3, 3), fixed=True))


def googlenet_stem(layers: Layers, in_channels: int, scale: float) -> tuple[nn.Sequential, int]:
    """Return GoogLeNet's stem and the channels that it puts out: (N, in, H, W) to (N, 192, H / 8, W / 8).

    Local response normalization stands where the paper has it (Figure 3), unless there is batch norm, which replaced
    it (Ioffe and Szegedy 2015, sec. 4.2.1), or a person chose what there is.
    """
    kit = layers.kit
    as_published = kit.normalization == "none" and not kit.chooses("normalization")
    narrow, wide = scale_up(64, scale), scale_up(192, scale)
    stem: dict[str, nn.Module] = layers.convolve("1", in_channels, narrow, (7, 7), stride=2, fixed=True)
    stem["pool1"] = layers.between(UNPADDED)
    if as_published:
        stem["lrn1"] = _local_response_norm()
    stem |= layers.convolve("2", narrow, narrow, (1, 1)) | layers.convolve("3", narrow, wide, (3, 3), fixed=True)
    if as_published:
        stem["lrn2"] = _local_response_norm()
    stem["pool2"] = layers.between(UNPADDED)
    return named(**stem), wide


def classifier(kit: LayerFactory, in_channels: int, num_classes: int, dropout: float) -> nn.Sequential:
    """Return global average pooling, dropout unless it is 0, and a linear layer."""
    layers: dict[str, nn.Module] = {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
    layers |= kit.dropped(dropout, "head", own=True)
    return named(**layers, linear=nn.Linear(in_channels, num_classes))


def _local_response_norm() -> nn.Module:
    # The paper gives no constants. Caffe's GoogLeNet has alpha=1e-4 and 5 neighbors, and Caffe divides alpha by them.
    return LocalResponseNorm(neighbors=5, k=1.0, alpha=1e-4 / 5, beta=0.75)
