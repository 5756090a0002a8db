"""Residual networks and their plain twins: He et al. 2015 (arXiv 1512.03385), for CIFAR and for ImageNet."""

from collections.abc import Callable, Sequence

from torch import nn

from depthlab.models.arguments import check_choice, check_form, check_rate
from depthlab.models.residual.branches import EXPANSION, basic, bottleneck, build_branch, build_projection
from depthlab.models.residual.forms import FIRST_CHANNELS, build_network, count_units
from depthlab.models.residual.orders import ORIGINAL
from depthlab.models.residual.unit_shapes import UnitShape, unit_shapes_per_stage
from depthlab.models.stages import channels_per_stage, doubling
from depthlab.nn import LayerFactory, Network, PadSkip, Parts, Sum

SHORTCUTS = ("A", "B", "C")
PADDINGS = ("both", "end")
STRIDES = ("1x1", "3x3")


def resnet(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    unit: str | None = None,
    shortcut: str | None = None,
    shortcut_padding: str = "both",
    stride_at: str | None = None,
    dropout: float | None = 0.0,
    drop_path: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a residual network: each unit computes relu(F(x) + skip(x)), He et al. 2015, eq. 1 and 2.

    Maps (N, in_channels, H, W) to (N, num_classes), for any H and W.

    Form "cifar" (sec. 4.2): a 3x3 convolution to 16 channels, three stages of units with 16, 32 and 64 channels at
    strides 1, 2 and 2, global average pooling and a linear layer. `depth` is 6n+2 for "basic" units (two 3x3
    convolutions, the default) and 9n+2 for "bottleneck" units (1x1, 3x3 and 1x1 to four times the channels), or a list
    of units per stage.

    Form "imagenet" (Table 1): a 7x7 convolution to 64 channels at stride 2, 3x3 max pooling at stride 2, and four
    stages from 64 to 512 channels. `depth` is 18 or 34 (basic units), 50, 101 or 152 (bottlenecks), or a list of the
    units of each of the four stages (basic, unless `unit` says otherwise).

    `width` multiplies all channels, or lists each stage's; the stem has those of the first stage.

    `shortcut` says how a skip changes shape: "A" pads with zeros (`shortcut_padding`: half on each side, or all at the
    end), "B" projects where the shape changes, "C" projects everywhere; None is A for CIFAR and B for ImageNet.
    `stride_at` says which convolution of a bottleneck strides: None is the first "1x1" for ImageNet, as in the paper,
    and the "3x3" for CIFAR; fb.resnet.torch, torchvision and "ResNet v1.5" use the latter everywhere.
    `dropout` is the rate before a unit's last convolution, `drop_path` the rate at which the last unit is dropped (less
    for earlier ones, see `DropPath`). `parts` replace the units' layers, see `Parts`.

    Depths 20, 56, 110 and 1202 with option A have 269,722, 853,018, 1,727,962 and 19,421,274 parameters (Table 6:
    0.27, 0.85, 1.7 and 19.4 million); 18, 50 and 152 for ImageNet and its 1000 classes have 11,689,512, 25,557,032 and
    60,192,808. Raises `ValueError` for a depth that the family does not have, and for any argument out of its range.
    """
    shortcut = ("A" if form == "cifar" else "B") if shortcut is None else check_choice("shortcut", shortcut, SHORTCUTS)
    check_choice("shortcut_padding", shortcut_padding, PADDINGS)
    factory = LayerFactory("resnet", parts)
    return _build(
        factory,
        lambda shape: _skip(factory, shape, shortcut, shortcut_padding),
        depth=depth,
        width=width,
        num_classes=num_classes,
        in_channels=in_channels,
        form=form,
        unit=unit,
        stride_at=stride_at,
        dropout=dropout,
        drop_path=0.0 if drop_path is None else drop_path,
    )


def plain(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    unit: str | None = None,
    stride_at: str | None = None,
    dropout: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build the plain network: `resnet` without its shortcuts, so each unit computes relu(F(x)), He et al. 2015.

    All arguments mean what they mean for `resnet`. With shortcuts of option A, the residual twin has the same
    parameters, multiply-adds and state-dict keys: 269,722 parameters at depth 20, 853,018 at depth 56. For ImageNet
    (Fig. 3 and 4, left) depth 34 has 21,623,848. Raises `ValueError` as `resnet` does.
    """
    return _build(
        LayerFactory("plain", parts),
        None,
        depth=depth,
        width=width,
        num_classes=num_classes,
        in_channels=in_channels,
        form=form,
        unit=unit,
        stride_at=stride_at,
        dropout=dropout,
        drop_path=None,
    )


def _build(
    factory: LayerFactory,
    build_skip: Callable[[UnitShape], nn.Module] | None,
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int],
    num_classes: int,
    in_channels: int,
    form: str,
    unit: str | None,
    stride_at: str | None,
    dropout: float | None,
    drop_path: float | None,
) -> Network:
    check_form(form)
    unit, counts = count_units(factory.family, form, unit, depth)
    stride_at = _check_stride_at(stride_at, form, unit)
    channels = channels_per_stage(width, doubling(FIRST_CHANNELS[form], len(counts)))
    out = [EXPANSION[unit] * inner for inner in channels]
    rate = check_rate("dropout", dropout)
    drop_path = None if drop_path is None else check_rate("drop_path", drop_path)

    def build_unit(shape: UnitShape) -> Sum:
        kernels = basic(shape) if unit == "basic" else bottleneck(shape, stride_at=stride_at)
        branch = build_branch(factory, kernels, ORIGINAL, dropout=rate, drop_path=shape.drop_path)
        paths: dict[str, nn.Module] = {"branch": branch}  # first, so that a projection comes last in the state dict
        if build_skip is not None:
            paths["skip"] = build_skip(shape)
        return Sum(paths, before=shape.pool, after=factory.activation())

    stages = unit_shapes_per_stage(factory, counts, stem=channels[0], inner=channels, out=out, drop_path=drop_path)
    return build_network(
        factory, form, ORIGINAL, stages, build_unit, num_classes=num_classes, in_channels=in_channels, dropout=rate
    )


def _check_stride_at(stride_at: str | None, form: str, unit: str) -> str:
    if stride_at is None:
        return "3x3" if form == "cifar" else "1x1"
    check_choice("stride_at", stride_at, STRIDES)
    if unit == "basic":
        raise ValueError(
            f"stride_at={stride_at} is for bottleneck units, and these are basic: "
            "leave it out, or type model.unit=bottleneck"
        )
    return stride_at


def _skip(factory: LayerFactory, shape: UnitShape, shortcut: str, padding: str) -> nn.Module:
    """Return the identity where the shape stays (unless "C"), else zero-padding or a projection."""
    if shortcut == "C" or (shortcut == "B" and not shape.keeps_shape):
        return build_projection(factory, shape, ORIGINAL)
    if shape.keeps_shape:
        return nn.Identity()
    if shape.out_channels < shape.in_channels:
        raise ValueError(
            f"shortcut A can't go from {shape.in_channels} to {shape.out_channels} channels, as it only adds zeros: "
            "let width not fall from stage to stage, or type model.shortcut=B"
        )
    return PadSkip(extra=shape.out_channels - shape.in_channels, stride=shape.stride, padding=padding)
