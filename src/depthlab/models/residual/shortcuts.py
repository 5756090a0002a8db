"""Replacements for the identity shortcut: He et al. 2016 (arXiv 1603.05027), Figure 2 and Table 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.models.arguments import check_choice, check_rate, is_number
from depthlab.models.residual.branches import build_projection
from depthlab.models.residual.orders import LayerOrder
from depthlab.models.residual.unit_shapes import UnitShape
from depthlab.nn import ChannelSlice, Concat, ConstantScale, Gate, LayerFactory, Product, sequential

SHORTCUTS = ("identity", "scaling", "exclusive_gating", "shortcut_gating", "conv", "dropout")
GATED = ("exclusive_gating", "shortcut_gating")


@final
@dataclass(frozen=True)
class Shortcut:
    """How a unit combines x and its branch F(x), instead of x + F(x).

    scaling             scale x + branch_scale F(x)
    exclusive_gating    (1 - g(x)) x + g(x) F(x), where g(x) = sigmoid(W x + b), per pixel and channel
    shortcut_gating     (1 - g(x)) x + F(x)
    conv                a 1x1 convolution of x + F(x), in every unit
    dropout             dropout(x) + F(x)

    b starts at `gate_bias`. Units that change the shape do the same to their projection of x. Numbers that `kind` does
    not use have their default.
    """

    kind: str
    scale: float
    branch_scale: float
    gate_bias: float
    dropout: float

    def build_gate(self, shape: UnitShape) -> dict[str, nn.Module]:
        """Return the layers before both paths by name: for the exclusive gate, its logits beside the features."""
        if self.kind != "exclusive_gating":
            return {}
        gate = Gate(shape.in_channels, shape.out_channels)
        return {"gate": Concat({"features": nn.Identity(), "logits": gate})}

    def build_paths(
        self, factory: LayerFactory, shape: UnitShape, order: LayerOrder, branch: nn.Sequential
    ) -> dict[str, nn.Module]:
        """Return the paths of a unit: its `branch`, weighted if needed, and its skip."""
        skip: dict[str, nn.Module] = {}
        if self.kind == "conv" or not shape.keeps_shape:
            skip = dict(build_projection(factory, shape, order).named_children())
        if self.kind == "exclusive_gating":
            return _exclusively_gated(shape, dict(branch.named_children()), skip)
        if self.kind == "shortcut_gating":
            gate = sequential(
                logits=Gate(shape.in_channels, shape.out_channels, stride=shape.stride), **_one_minus_sigmoid()
            )
            return {"branch": branch, "skip": Product({"value": _sequence(skip), "gate": gate})}
        if self.kind == "scaling":
            skip["scale"] = ConstantScale(self.scale)
            if self.branch_scale != 1:
                branch.add_module("scale", ConstantScale(self.branch_scale))
        if self.kind == "dropout":
            skip["dropout"] = nn.Dropout(self.dropout)
        return {"branch": branch, "skip": _sequence(skip)}

    def start(self, net: nn.Module) -> None:
        """Initialize the gate biases of a network."""
        for module in net.modules():
            if isinstance(module, Gate):
                module.initialize_bias(self.gate_bias)


def check_shortcut(
    kind: object, scale: float | None, branch_scale: float | None, gate_bias: float | None, dropout: float | None
) -> Shortcut:
    """Return the shortcut; a number that it does not use is an error, and None means the number of Table 1."""
    name = check_choice("shortcut", kind, SHORTCUTS)
    for key, value, users in (
        ("shortcut_scale", scale, ("scaling",)),
        ("branch_scale", branch_scale, ("scaling",)),
        ("gate_bias", gate_bias, GATED),
        ("shortcut_dropout", dropout, ("dropout",)),
    ):
        _check_used(key, value, name, users)
    return Shortcut(
        kind=name,
        scale=_check_number("shortcut_scale", scale, default=0.5),
        branch_scale=_check_number("branch_scale", branch_scale, default=1.0),
        gate_bias=_check_number("gate_bias", gate_bias, default=-6.0),
        dropout=0.5 if dropout is None else check_rate("shortcut_dropout", dropout),
    )


def _check_used(key: str, value: object, shortcut: str, users: Sequence[str]) -> None:
    if value is not None and shortcut not in users:
        raise ValueError(
            f"{key}={value} does nothing with shortcut={shortcut}: leave it out, or type model.shortcut={users[0]}"
        )


def _check_number(key: str, value: object, *, default: float) -> float:
    if value is None:
        return default
    if not is_number(value):
        raise ValueError(f"{key} must be a number, such as {key}={default:g}, not {value!r}")
    return float(value)


def _exclusively_gated(
    shape: UnitShape, branch: dict[str, nn.Module], skip: dict[str, nn.Module]
) -> dict[str, nn.Module]:
    """Return g F(x) and (1 - g) skip(x); both read the features and the logits of g, which follow them."""
    stop = shape.in_channels + shape.out_channels

    def weigh(value: dict[str, nn.Module], opening: dict[str, nn.Module]) -> Product:
        gate: dict[str, nn.Module] = {"logits": ChannelSlice(shape.in_channels, stop)}
        if shape.stride > 1:
            gate["subsample"] = nn.AvgPool2d(kernel_size=1, stride=shape.stride)
        features = sequential(features=ChannelSlice(0, shape.in_channels), **value)
        return Product({"value": features, "gate": sequential(**gate, **opening)})

    return {"branch": weigh(branch, {"open": nn.Sigmoid()}), "skip": weigh(skip, _one_minus_sigmoid())}


def _one_minus_sigmoid() -> dict[str, nn.Module]:
    """Return 1 - sigmoid(x) as sigmoid(-x), which does not lose digits."""
    return {"negative": ConstantScale(-1.0), "open": nn.Sigmoid()}


def _sequence(layers: dict[str, nn.Module]) -> nn.Module:
    return sequential(**layers) if layers else nn.Identity()
