"""Pre-activation residual networks: the five orders of activation, and what stands for the identity."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import preresnet
from depthlab.nn import Gate, Network, Parallel

ORDERS = {  # of a unit that keeps its shape: branch, after; then what follows the stem, and what leads the head
    "full": ("norm1 relu1 conv1 norm2 relu2 conv2", "", "conv", "norm relu"),
    "original": ("conv1 norm1 relu1 conv2 norm2", "relu", "conv norm relu", ""),
    "bn_after_addition": ("conv1 norm1 relu1 conv2", "norm relu", "conv norm relu", ""),
    "relu_before_addition": ("conv1 norm1 relu1 conv2 norm2 relu2", "", "conv norm relu", ""),
    "relu_only": ("relu1 conv1 norm1 relu2 conv2 norm2", "", "conv norm", "relu"),
}
AHEAD = {"full": "norm relu", "relu_only": "relu"}
GATED = ("exclusive_gating", "shortcut_gating")
EVERY_ORDER = pytest.mark.parametrize("activation", ORDERS)


def names(module: nn.Module) -> str:
    return " ".join(name for name, _ in module.named_children())


def build(depth: int | list[int] = 14, **arguments: object) -> Network:
    return preresnet(**{"depth": depth, "width": 0.25, **arguments})  # type: ignore[arg-type]


@EVERY_ORDER
def test_activations_stand_where_the_figure_has_them(activation: str) -> None:
    branch, after, stem, head = ORDERS[activation]
    net = build(activation=activation)
    unit = list(net.units())[1]
    assert (names(unit.before), names(unit.paths["branch"]), names(unit.after)) == ("", branch, after)
    assert isinstance(unit.paths["skip"], nn.Identity)
    assert names(net.stem) == stem
    assert names(net.head) == f"{head} pool flatten linear".strip()


@EVERY_ORDER
def test_both_paths_read_what_is_ahead_in_the_first_unit_and_where_the_shape_changes(activation: str) -> None:
    ahead = AHEAD.get(activation, "")
    units = list(build(activation=activation).units())
    assert [names(unit.before) for unit in units] == [ahead, "", ahead, "", ahead, ""]
    for unit in (units[0], units[2], units[4]):
        assert names(unit.paths["branch"]).startswith("conv1")
    for unit in (units[2], units[4]):
        normalized = activation not in ("full", "bn_after_addition")
        assert names(unit.paths["skip"]) == ("conv norm" if normalized else "conv")


@EVERY_ORDER
def test_the_imagenet_form_activates_in_its_stem(activation: str) -> None:
    net = build([1, 1, 1, 1], width=1 / 16, activation=activation, form="imagenet")
    assert names(net.stem) == "conv norm relu pool"
    ahead = AHEAD.get(activation, "")
    assert [names(unit.before) for unit in net.units()] == ["", ahead, ahead, ahead]
    assert net(torch.randn(2, 3, 40, 40)).shape == (2, 10)


@pytest.mark.parametrize(("unit", "layers"), [("basic", "6n+2"), ("bottleneck", "9n+2")])
def test_bottlenecks_have_three_convolutions_and_stride_in_the_3x3(unit: str, layers: str) -> None:
    net = build(20, unit=unit)
    strides = [
        [m.stride[0] for m in block.paths["branch"].modules() if isinstance(m, nn.Conv2d)] for block in net.units()
    ]
    assert strides[-1] == ([1, 1, 1] if layers == "9n+2" else [1, 1])
    assert [s for s in strides if 2 in s] == [[1, 2, 1] if unit == "bottleneck" else [2, 1]] * 2


def test_depth_200_is_there_for_imagenet() -> None:
    with torch.device("meta"):
        net = preresnet(depth=200, form="imagenet", width=0.25)
    assert [len(list(stage.children())) for stage in net.stages] == [3, 24, 36, 3]


def test_units_with_zeroed_branches_are_the_identity() -> None:
    net = build(depth=[3])
    for unit in net.units():
        nn.init.zeros_(unit.get_parameter("paths.branch.conv2.weight"))
    x = torch.randn(2, 4, 8, 8)
    first, *others = net.units()
    assert torch.equal(first(x), first.before(x))
    for unit in others:
        assert torch.equal(unit(x), x)


SHORTCUTS: dict[str, Callable[[Parallel, Tensor, Tensor], Tensor]] = {
    "identity": lambda unit, x, f: x + f,
    "scaling": lambda unit, x, f: 0.5 * x + f,
    "exclusive_gating": lambda unit, x, f: (1 - gate(unit, x)) * x + gate(unit, x) * f,
    "shortcut_gating": lambda unit, x, f: (1 - gate(unit, x)) * x + f,
    "conv": lambda unit, x, f: unit.get_submodule("paths.skip.norm")(unit.get_submodule("paths.skip.conv")(x)) + f,
    "dropout": lambda unit, x, f: x + f,  # while evaluating
}


def gate(unit: Parallel, x: Tensor) -> Tensor:
    [logits] = [module for module in unit.modules() if isinstance(module, Gate)]
    g: Tensor = logits(x).sigmoid()
    return g


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_a_unit_computes_the_equation_of_its_shortcut(shortcut: str) -> None:
    torch.manual_seed(0)
    arguments: dict[str, object] = {"gate_bias": 0.0} if shortcut in GATED else {}
    torch.manual_seed(1)
    unit = list(build([2], activation="original", shortcut=shortcut, **arguments).eval().units())[1]
    twin = list(build([2], activation="original").eval().units())[1]
    mine = [p for name, p in unit.named_parameters() if "branch" in name]
    with torch.no_grad():
        for theirs, parameter in zip(twin.paths["branch"].parameters(), mine, strict=True):
            theirs.copy_(parameter)
    x = torch.randn(2, 4, 8, 8)
    expected = SHORTCUTS[shortcut](unit, x, twin.paths["branch"](x)).relu()
    torch.testing.assert_close(unit(x), expected)


@pytest.mark.parametrize("shortcut", SHORTCUTS)
@EVERY_ORDER
def test_shortcuts_and_orders_go_together_and_every_path_has_the_units_shape(shortcut: str, activation: str) -> None:
    net = build([1, 2], shortcut=shortcut, activation=activation)
    x = net.stem(torch.randn(2, 3, 9, 9))
    for unit in net.units():
        seen: list[torch.Size] = []
        for path in unit.paths.values():
            path.register_forward_hook(lambda _m, _i, y, seen=seen: seen.append(y.shape))
        x = unit(x)
        assert list(unit.paths) == ["branch", "skip"]
        assert seen == [x.shape, x.shape]
    assert x.shape == (2, 8, 5, 5)


@pytest.mark.parametrize("shortcut", GATED)
def test_a_gate_is_computed_once_and_starts_at_its_bias(shortcut: str) -> None:
    net = build([1, 2], shortcut=shortcut, gate_bias=-4.0)
    gates = [module for module in net.modules() if isinstance(module, Gate)]
    calls: list[str] = []
    for module in gates:
        module.register_forward_hook(lambda *_: calls.append("once"))
        assert module.bias is not None
        assert module.bias.tolist() == [-4.0] * module.out_channels
    net(torch.randn(2, 3, 8, 8))
    assert len(calls) == len(gates) == 3


@pytest.mark.parametrize("shortcut", GATED)
def test_the_bias_of_gates_is_minus_six_unless_told(shortcut: str) -> None:
    gates = [module for module in build([1], shortcut=shortcut).modules() if isinstance(module, Gate)]
    assert [gate.bias.unique().tolist() for gate in gates if gate.bias is not None] == [[-6.0]]


def test_exclusive_gates_share_between_the_paths_what_they_have() -> None:
    unit = list(build([1, 1], shortcut="exclusive_gating", gate_bias=1.0).units())[1]
    x = torch.randn(2, 4, 9, 9)
    before = unit.before(x)
    opened = [unit.get_submodule(f"paths.{path}.paths.gate")(before) for path in ("branch", "skip")]
    torch.testing.assert_close(opened[0] + opened[1], torch.ones(2, 8, 5, 5))
    assert not torch.allclose(opened[0], opened[1])


def test_a_lesion_by_hook_leaves_the_gated_skip() -> None:
    unit = list(build([2], shortcut="exclusive_gating").eval().units())[1]
    x = torch.randn(2, 4, 8, 8)
    unit.paths["branch"].register_forward_hook(lambda _m, _i, y: torch.zeros_like(y))
    torch.testing.assert_close(unit(x), (1 - gate(unit, x)) * x)


@pytest.mark.parametrize(("branch_scale", "factor"), [(None, 1.0), (1, 1.0), (0.5, 0.5)])
def test_scaling_takes_its_factors(branch_scale: float | None, factor: float) -> None:
    unit = list(build([2], shortcut="scaling", shortcut_scale=0.25, branch_scale=branch_scale).eval().units())[1]
    plain = nn.Sequential(*[m for name, m in unit.paths["branch"].named_children() if name != "scale"])
    x = torch.randn(2, 4, 8, 8)
    torch.testing.assert_close(unit(x), 0.25 * x + factor * plain(x))


def test_dropout_of_the_shortcut_drops_single_features_while_training() -> None:
    net = build([2], shortcut="dropout", shortcut_dropout=0.25)
    skip = list(net.units())[1].paths["skip"]
    torch.manual_seed(0)
    kept = skip(torch.ones(8, 4, 16, 16))
    assert kept.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert (kept == 0).float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert list(net.state_dict()) == list(build([2]).state_dict())
    assert build([1], shortcut="dropout").get_submodule("stages.0.0.paths.skip.dropout").p == 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 21},
            "preresnet with basic units can't have depth=21: depth must be 6n+2 (8, 14, 20, ...); "
            "the nearest are depth=20 and depth=26",
        ),
        ({"depth": 165, "unit": "bottleneck"}, "the nearest are depth=164 and depth=173"),
        ({"depth": 20, "form": "imagenet"}, "the paper's are 18, 34, 50, 101, 152, 200, the nearest is depth=18"),
        ({"form": "mnist"}, "form must be cifar or imagenet"),
        ({"unit": "wide"}, "unit must be basic or bottleneck"),
        (
            {"activation": "none"},
            "activation must be full, original, bn_after_addition, relu_before_addition or relu_only, not 'none'; "
            "type model.activation=full",
        ),
        (
            {"shortcut": "A"},
            "shortcut must be identity, scaling, exclusive_gating, shortcut_gating, conv or dropout, not 'A'; "
            "type model.shortcut=identity",
        ),
        (
            {"shortcut_scale": 0.5},
            "shortcut_scale=0.5 does nothing with shortcut=identity: leave it out, or type model.shortcut=scaling",
        ),
        ({"branch_scale": 0.5, "shortcut": "conv"}, "branch_scale=0.5 does nothing with shortcut=conv"),
        ({"gate_bias": -6}, "leave it out, or type model.shortcut=exclusive_gating"),
        ({"shortcut_dropout": 0.5, "shortcut": "scaling"}, "leave it out, or type model.shortcut=dropout"),
        ({"shortcut": "scaling", "shortcut_scale": "half"}, "shortcut_scale must be a number, such as"),
        ({"shortcut": "scaling", "branch_scale": True}, "branch_scale must be a number, such as branch_scale=1"),
        ({"shortcut": "shortcut_gating", "gate_bias": float("nan")}, "gate_bias must be a number, such as"),
        ({"shortcut": "dropout", "shortcut_dropout": 1}, "shortcut_dropout must be a number from 0 (off) to below 1"),
        ({"width": 0}, "width must be a positive factor"),
        ({"dropout": 1}, "dropout must be a number from 0 (off) to below 1"),
        ({"drop_path": 1}, "drop_path must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build(**arguments)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
