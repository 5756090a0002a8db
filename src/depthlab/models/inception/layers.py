"""Builds units, stems and heads of the Inception families."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.inception.modules import InceptionModule, ModulePath, scaled_channels
from depthlab.nn import Concat, LayerFactory, LocalResponseNorm, PoolingWindow, sequential

EPSILON = 1e-3  # of batch norm, in the networks that the authors released
UNPADDED = PoolingWindow(3, ceil_mode=True)  # overlapping, halves an even H, as GoogLeNet's: needs H and W of 2 or more
PADDED = PoolingWindow(3, padding=1)  # overlapping, to ceil(H / 2): takes features of any size


@final
@dataclass(frozen=True)
class UnitBuilder:
    """Builds units from modules: convolutions with normalization (or with biases instead) and activation, and pooling.

    Strided layers inside a unit pad, so that H becomes ceil(H / 2), or don't (`padded=False`): floor((H - 1) / 2).
    """

    factory: LayerFactory
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
        """Return convolution, normalization and activation, named conv, norm and relu with `number` appended."""
        convolution = self.factory.convolution(
            in_channels,
            out_channels,
            kernel_size=kernel,
            stride=stride,
            padding=None if padded else (0, 0),
            fixed=fixed,
        )
        norm = self.factory.norm(out_channels, number, eps=EPSILON)
        return {f"conv{number}": convolution, **norm, **self.factory.named_activation(number)}

    def unit(self, module: InceptionModule, in_channels: int, *, before: nn.Module | None = None) -> Concat:
        """Return the unit that a module describes: (N, in_channels, H, W) to (N, out_channels, H', W')."""
        paths = {name: self._path(path, in_channels, module.stride) for name, path in module.paths.items()}
        excited = self.factory.excitation(module.out_channels(in_channels))
        return Concat(paths, before=before, after=sequential(**excited) if excited else None)

    def stages(
        self, stages: Sequence[Sequence[InceptionModule]], in_channels: int, between: PoolingWindow | None = None
    ) -> tuple[list[list[Concat]], list[int]]:
        """Return the units of each stage, and the number of output channels of each unit, over all stages.

        `between` is the pooling before the first unit of each stage but the first, if there is one.
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

    def between(self, window: PoolingWindow) -> nn.Module:
        """Return the pooling between two stages, or in the stem."""
        return window.pool(self.factory.pooling_kind("max"))

    def _path(self, path: ModulePath, in_channels: int, stride: int) -> nn.Sequential:
        layers: dict[str, nn.Module] = {"pool": self._pool(path.pool, stride)} if path.pool else {}
        for number, step in enumerate(path.steps, start=1):
            last = number == len(path.steps)
            step_stride = stride if last and not path.pool else 1
            padded = self.padded or step_stride == 1
            sides = {
                layer: self.convolve("", in_channels, layer.channels, layer.kernel, stride=step_stride, padded=padded)
                for layer in step
            }
            if len(step) == 1:
                layers |= {f"{name}{number}": layer for name, layer in sides[step[0]].items()}
            else:
                layers[f"split{number}"] = Concat(
                    {f"{layer.kernel[0]}x{layer.kernel[1]}": sequential(**side) for layer, side in sides.items()}
                )
            in_channels = sum(layer.channels for layer in step)
        return sequential(**layers)

    def _pool(self, kind: str, stride: int) -> nn.Module:
        padding = 1 if self.padded or stride == 1 else 0
        if self.factory.pooling_kind(kind) == "max":
            return nn.MaxPool2d(3, stride=stride, padding=padding)
        # The zeros of the padding don't count in the mean: so the authors' networks were trained, but not their ports.
        return nn.AvgPool2d(3, stride=stride, padding=padding, count_include_pad=False)


@final
@dataclass(frozen=True)
class NetworkBody:
    """A network of one form without its heads: the stem with its output channels, and the modules of each stage.

    `between` is the pooling between stages; `scale` is the factor on the channels of auxiliary heads.
    """

    stem: nn.Sequential
    channels: int
    stages: Sequence[Sequence[InceptionModule]]
    scale: float = 1.0
    between: PoolingWindow | None = None
    smallest_image: int = 1


def small_stem(builder: UnitBuilder, in_channels: int, channels: int) -> nn.Sequential:
    """Return a 3x3 convolution at full resolution, for small images."""
    return sequential(**builder.convolve("", in_channels, channels, (3, 3), fixed=True))


def googlenet_stem(builder: UnitBuilder, in_channels: int, scale: float) -> tuple[nn.Sequential, int]:
    """Return GoogLeNet's stem and its output channels: (N, in, H, W) to (N, 192, H / 8, W / 8).

    It has local response normalization where the paper does (Figure 3), unless there is batch norm, which replaced it
    (Ioffe and Szegedy 2015, sec. 4.2.1), or the user chose a normalization.
    """
    factory = builder.factory
    as_published = factory.normalization == "none" and not factory.has_choice("normalization")
    narrow, wide = scaled_channels(64, scale), scaled_channels(192, scale)
    stem: dict[str, nn.Module] = builder.convolve("1", in_channels, narrow, (7, 7), stride=2, fixed=True)
    stem["pool1"] = builder.between(UNPADDED)
    if as_published:
        stem["lrn1"] = _local_response_norm()
    stem |= builder.convolve("2", narrow, narrow, (1, 1)) | builder.convolve("3", narrow, wide, (3, 3), fixed=True)
    if as_published:
        stem["lrn2"] = _local_response_norm()
    stem["pool2"] = builder.between(UNPADDED)
    return sequential(**stem), wide


def classifier(factory: LayerFactory, in_channels: int, num_classes: int, dropout: float) -> nn.Sequential:
    """Return global average pooling, dropout if its rate is not 0, and a linear layer."""
    layers: dict[str, nn.Module] = {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
    layers |= factory.dropout(dropout, "head", default=True)
    return sequential(**layers, linear=nn.Linear(in_channels, num_classes))


def _local_response_norm() -> nn.Module:
    # The paper gives no constants. Caffe's GoogLeNet has alpha=1e-4 and 5 neighbors, and divides alpha by 5.
    return LocalResponseNorm(neighbors=5, k=1.0, alpha=1e-4 / 5, beta=0.75)
