"""Residual networks for small images, and their plain twins: He et al. 2015 (arXiv 1512.03385), sec. 4.2."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_choice, check_count, check_rate
from depthlab.models.stages import channels_per_stage, doubling, units_per_stage
from depthlab.nn import DropPath, Network, PadSkip, Sum, convolution, initialize, linear_drop_rates, named, projection

UNITS = ("basic", "bottleneck")
SHORTCUTS = ("A", "B", "C")
PADDINGS = ("both", "end")
EXPANSION = 4  # a bottleneck puts out 4 times the channels of its 3x3 convolution (He et al. 2015, sec. 4.1)


def resnet(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    unit: str = "basic",
    shortcut: str = "A",
    shortcut_padding: str = "both",
    dropout: float | None = 0.0,
    drop_path: float | None = 0.0,
) -> Network:
    """Build a residual network: each unit computes relu(F(x) + skip(x)), He et al. 2015, eq. 1 and 2.

    A 3x3 convolution to 16 channels, three stages of units with 16, 32 and 64 channels at strides 1, 2 and 2, global
    average pooling and a linear layer. Maps (N, in_channels, H, W) to (N, num_classes), for any H and W.

    `depth` is 6n+2 for "basic" units (two 3x3 convolutions) and 9n+2 for "bottleneck" units (1x1, 3x3 and 1x1 to four
    times the channels), or a list of units per stage. `width` multiplies all channels, or lists each stage's; the stem
    has those of the first stage. A bottleneck strides in its 3x3 convolution, as fb.resnet.torch and ResNet v1.5 do,
    not in its first 1x1, as the paper's ImageNet networks do.

    `shortcut` says how a skip changes shape: "A" pads with zeros (`shortcut_padding`: half on each side, or all at the
    end), "B" projects where the shape changes, "C" projects everywhere. `dropout` is the rate before a unit's last
    convolution, `drop_path` the rate at which the last unit is left out (less for earlier ones, see `DropPath`).

    Depths 20, 56, 110 and 1202 with option A have 269,722, 853,018, 1,727,962 and 19,421,274 parameters (Table 6:
    0.27, 0.85, 1.7 and 19.4 million). Raises `ValueError` for a depth that no such network has, and for any argument
    out of its range.
    """
    branch = _Branch(_unit(unit), check_rate("dropout", dropout))
    check_choice("shortcut", shortcut, SHORTCUTS)
    check_choice("shortcut_padding", shortcut_padding, PADDINGS)
    skip = _Skip(shortcut, shortcut_padding)
    return _build("resnet", branch, skip, check_rate("drop_path", drop_path), depth, width, num_classes, in_channels)


def plain(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    unit: str = "basic",
    dropout: float | None = 0.0,
) -> Network:
    """Build the plain network: `resnet` without its shortcuts, so each unit computes relu(F(x)), He et al. 2015.

    All arguments mean what they mean for `resnet`. With shortcuts of option A, the residual twin has the same
    parameters, multiply-adds and state-dict keys: 269,722 parameters at depth 20, 853,018 at depth 56. Raises
    `ValueError` as `resnet` does.
    """
    branch = _Branch(_unit(unit), check_rate("dropout", dropout))
    return _build("plain", branch, None, 0.0, depth, width, num_classes, in_channels)


def _unit(unit: str) -> str:
    return check_choice("unit", unit, UNITS)


@final
@dataclass(frozen=True)
class _Branch:
    """The weighted path of a unit."""

    unit: str
    dropout: float

    @property
    def layers(self) -> int:
        return 3 if self.unit == "bottleneck" else 2

    @property
    def expansion(self) -> int:
        return EXPANSION if self.unit == "bottleneck" else 1

    def build(self, in_channels: int, channels: int, stride: int) -> nn.Sequential:
        """Return convolutions, each followed by batch norm, and by ReLU between them."""
        if self.unit == "basic":
            shapes = [(in_channels, channels, 3, stride), (channels, channels, 3, 1)]
        else:
            out = channels * self.expansion
            shapes = [(in_channels, channels, 1, 1), (channels, channels, 3, stride), (channels, out, 1, 1)]
        layers: dict[str, nn.Module] = {}
        for n, (wide_in, wide_out, kernel_size, step) in enumerate(shapes, start=1):
            last = n == len(shapes)
            if last and self.dropout:
                layers["dropout"] = nn.Dropout(self.dropout)
            layers[f"conv{n}"] = convolution(wide_in, wide_out, kernel_size=kernel_size, stride=step)
            layers[f"norm{n}"] = nn.BatchNorm2d(wide_out)
            if not last:
                layers[f"relu{n}"] = nn.ReLU()
        return named(**layers)


@final
@dataclass(frozen=True)
class _Skip:
    """The shortcut of a unit."""

    shortcut: str
    padding: str

    def build(self, in_channels: int, out_channels: int, stride: int) -> nn.Module:
        """Return the identity where the shape stays (unless "C"), else zero-padding or a projection."""
        same = in_channels == out_channels and stride == 1
        if self.shortcut == "C" or (self.shortcut == "B" and not same):
            return projection(in_channels, out_channels, stride)
        if same:
            return nn.Identity()
        if out_channels < in_channels:
            raise ValueError(
                f"shortcut A can't go from {in_channels} to {out_channels} channels, as it only adds zeros: "
                "let width not fall from stage to stage, or type model.shortcut=B"
            )
        return PadSkip(extra=out_channels - in_channels, stride=stride, padding=self.padding)


def _build(
    family: str,
    branch: _Branch,
    skip: _Skip | None,
    drop_path: float,
    depth: int | Sequence[int],
    width: float | Sequence[int],
    num_classes: int,
    in_channels: int,
) -> Network:
    check_count("num_classes", num_classes, example=10)
    check_count("in_channels", in_channels, example=3)
    counts = units_per_stage(f"{family} with {branch.unit} units", depth, layers_per_unit=branch.layers)
    channels = channels_per_stage(width, doubling(16, len(counts)))
    rates = iter(linear_drop_rates(drop_path, sum(counts)))
    features = channels[0]
    stem = named(conv=convolution(in_channels, features, kernel_size=3), norm=nn.BatchNorm2d(features), relu=nn.ReLU())
    stages: list[list[Sum]] = []
    for count, inner in zip(counts, channels, strict=True):
        stages.append([])
        for n in range(count):
            stride = 2 if len(stages) > 1 and n == 0 else 1
            stages[-1].append(_residual_unit(branch, skip, features, inner, stride, next(rates)))
            features = inner * branch.expansion
    head = named(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(features, num_classes))
    net = Network(stem=stem, stages=stages, head=head)
    initialize(net)
    return net


def _residual_unit(
    branch: _Branch, skip: _Skip | None, in_channels: int, channels: int, stride: int, drop_path: float
) -> Sum:
    weighted = branch.build(in_channels, channels, stride)
    if drop_path:
        weighted.add_module("drop_path", DropPath(drop_path))
    paths: dict[str, nn.Module] = {"branch": weighted}  # first, so that the state dict has a projection last
    if skip is not None:
        paths["skip"] = skip.build(in_channels, channels * branch.expansion, stride)
    return Sum(paths, after=nn.ReLU())  # not in place: what the merge returns may be a path's own output
