"""Residual networks with identity mappings: He et al. 2016 (arXiv 1603.05027), with all the variants compared there."""

from collections.abc import Sequence

from torch import nn

from depthlab.models.arguments import check_choice, check_form, check_rate
from depthlab.models.residual.branches import EXPANSION, BranchConvolution, basic, bottleneck, build_branch
from depthlab.models.residual.forms import BOTTLENECK_DEPTHS, FIRST_CHANNELS, build_network, count_units
from depthlab.models.residual.orders import ORDERS, LayerOrder, norm_and_activation
from depthlab.models.residual.shortcuts import Shortcut, check_shortcut
from depthlab.models.residual.unit_shapes import UnitShape, unit_shapes_per_stage
from depthlab.models.stages import channels_per_stage, doubling
from depthlab.nn import LayerFactory, Network, Parts, Sum, sequential

BOTTLENECKS = {**BOTTLENECK_DEPTHS, 200: [3, 24, 36, 3]}  # by depth, for ImageNet


def preresnet(
    *,
    depth: int | Sequence[int],
    width: float | Sequence[int] = 1,
    num_classes: int = 10,
    in_channels: int = 3,
    form: str = "cifar",
    unit: str | None = None,
    activation: str = "full",
    shortcut: str = "identity",
    shortcut_scale: float | None = None,
    branch_scale: float | None = None,
    gate_bias: float | None = None,
    shortcut_dropout: float | None = None,
    dropout: float | None = 0.0,
    drop_path: float | None = 0.0,
    parts: Parts | None = None,
) -> Network:
    """Build a pre-activation residual network: each unit computes x + F(x), with nothing after the sum (eq. 4).

    Stem, stages, `depth`, `width`, `unit`, `dropout`, `drop_path` and `parts` are those of `resnet`, in both forms;
    ImageNet has depth 200 too. Where the shape changes, the skip is a 1x1 convolution, and the 3x3 of a
    bottleneck strides. Maps (N, in_channels, H, W) to (N, num_classes), for any H and W.

    `activation` is the order of batch norm and ReLU (Fig. 4, Table 2; see `LayerOrder`): "full", "original",
    "bn_after_addition", "relu_before_addition" or "relu_only". The layers before the convolutions are shared by both
    paths in the first unit and where the shape changes, and come once more before the head (appendix).

    `shortcut` is what replaces the identity x (Fig. 2; Table 1, with the "original" activation): "scaling",
    "exclusive_gating", "shortcut_gating", "conv" or "dropout", see `Shortcut`. Their numbers are `shortcut_scale` (0.5
    unless given), `branch_scale` (1), `gate_bias` (-6; the paper tries 0 to -10) and `shortcut_dropout` (0.5).

    ResNet-164 and ResNet-1001 of bottlenecks have 1,703,258 and 10,327,706 parameters. Raises `ValueError` for a depth
    that the family does not have, for a number that the shortcut does not use, and for any argument out of its range.
    """
    check_form(form)
    order = ORDERS[check_choice("activation", activation, tuple(ORDERS))]
    skips = check_shortcut(shortcut, shortcut_scale, branch_scale, gate_bias, shortcut_dropout)
    rate, drop_path = check_rate("dropout", dropout), check_rate("drop_path", drop_path)
    factory = LayerFactory("preresnet", parts)
    kind, counts = count_units("preresnet", form, unit, depth, BOTTLENECKS)
    channels = channels_per_stage(width, doubling(FIRST_CHANNELS[form], len(counts)))

    def build_unit(shape: UnitShape) -> Sum:
        kernels = basic(shape) if kind == "basic" else bottleneck(shape)
        return _unit(factory, shape, kernels, order, skips, rate, activated_stem=form == "imagenet")

    out = [EXPANSION[kind] * inner for inner in channels]
    stages = unit_shapes_per_stage(factory, counts, stem=channels[0], inner=channels, out=out, drop_path=drop_path)
    net = build_network(
        factory, form, order, stages, build_unit, num_classes=num_classes, in_channels=in_channels, dropout=rate
    )
    skips.start(net)
    return net


def _unit(
    factory: LayerFactory,
    shape: UnitShape,
    kernels: Sequence[BranchConvolution],
    order: LayerOrder,
    skips: Shortcut,
    dropout: float,
    *,
    activated_stem: bool,
) -> Sum:
    shared = shape.first or not shape.keeps_shape
    branch = build_branch(factory, kernels, order, dropout=dropout, drop_path=shape.drop_path, activated=shared)
    ahead = order.ahead if shared and not (shape.first and activated_stem) else ()
    before: dict[str, nn.Module] = {} if shape.pool is None else {"pool": shape.pool}
    before |= norm_and_activation(factory, ahead, shape.in_channels) | skips.build_gate(shape)
    after = norm_and_activation(factory, order.after, shape.out_channels)
    return Sum(
        skips.build_paths(factory, shape, order, branch),
        before=sequential(**before) if before else None,
        after=sequential(**after) if after else None,
    )
