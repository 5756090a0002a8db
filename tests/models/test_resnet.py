"""The plain and residual families: their twins, their shapes, their published layout."""

from collections.abc import Callable, Iterable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from depthlab.models import plain, resnet
from depthlab.nn import DropPath, Network, PadSkip, Parallel, Sum

SMALL_IMAGENET = {"form": "imagenet", "width": 1 / 16}


@pytest.mark.parametrize(
    "arguments",
    [
        {"depth": 20},
        {"depth": 56},
        {"depth": 20, "unit": "bottleneck"},
        {"depth": [1, 3, 2]},
        {"depth": 18, **SMALL_IMAGENET},
        {"depth": [1, 2, 1, 1], "unit": "bottleneck", **SMALL_IMAGENET},
    ],
)
def test_a_plain_network_and_its_residual_twin_share_every_key(arguments: dict[str, object]) -> None:
    weights = resnet(**arguments, shortcut="A").state_dict()  # type: ignore[arg-type]
    twin = plain(**arguments)  # type: ignore[arg-type]
    assert list(twin.state_dict()) == list(weights)
    twin.load_state_dict(weights)
    assert all(torch.equal(value, weights[key]) for key, value in twin.state_dict().items())


def test_one_seed_gives_a_plain_network_and_its_residual_twin_the_same_weights() -> None:
    torch.manual_seed(3)
    weights = list(resnet(depth=20).parameters())
    torch.manual_seed(3)
    assert all(torch.equal(a, b) for a, b in zip(plain(depth=20).parameters(), weights, strict=True))


def test_plain_units_have_a_branch_and_residual_units_a_skip_too() -> None:
    assert all(isinstance(unit, Sum) and list(unit.paths) == ["branch"] for unit in plain(depth=20).units())
    assert all(isinstance(unit, Sum) and list(unit.paths) == ["branch", "skip"] for unit in resnet(depth=20).units())


@pytest.mark.parametrize(
    ("depth", "unit", "counts"),
    [(20, "basic", [3, 3, 3]), (29, "bottleneck", [3, 3, 3]), ([1, 0 + 4], "basic", [1, 4])],
)
def test_depth_decides_the_units_of_each_stage(depth: int | list[int], unit: str, counts: list[int]) -> None:
    net = resnet(depth=depth, unit=unit)
    assert [len(list(stage.children())) for stage in net.stages] == counts
    assert len(list(net.units())) == sum(counts)


def weighted_layers(net: nn.Module) -> int:
    layers = [m for name, m in net.named_modules() if isinstance(m, nn.Conv2d | nn.Linear) and "skip" not in name]
    return len(layers)


@pytest.mark.parametrize(
    ("depth", "unit"), [(8, "basic"), (20, "basic"), (56, "basic"), (11, "bottleneck"), (164, "bottleneck")]
)
def test_depth_counts_weighted_layers(depth: int, unit: str) -> None:
    with torch.device("meta"):
        assert weighted_layers(resnet(depth=depth, unit=unit, shortcut="C")) == depth
        assert weighted_layers(plain(depth=depth, unit=unit)) == depth


def shapes(units: Iterable[Parallel], x: Tensor) -> list[tuple[int, int]]:
    seen = []
    for unit in units:
        x = unit(x)
        seen.append((x.shape[1], x.shape[2]))
    return seen


@pytest.mark.parametrize("shortcut", ["A", "B", "C"])
@pytest.mark.parametrize(("unit", "times"), [("basic", 1), ("bottleneck", 4)])
def test_channels_double_where_the_resolution_halves(shortcut: str, unit: str, times: int) -> None:
    net = resnet(depth=[1, 2, 1], width=0.5, shortcut=shortcut, unit=unit)
    found = shapes(net.units(), net.stem(torch.randn(2, 3, 32, 32)))
    assert found == [(8 * times, 32), (16 * times, 16), (16 * times, 16), (32 * times, 8)]


def test_width_as_a_list_gives_each_stage_its_channels() -> None:
    net = resnet(depth=[1, 1], width=[5, 7])
    assert shapes(net.units(), net.stem(torch.randn(1, 3, 8, 8))) == [(5, 8), (7, 4)]


@pytest.mark.parametrize(("shortcut", "projections", "paddings"), [("A", 0, 2), ("B", 2, 0), ("C", 6, 0)])
def test_shortcuts_project_or_pad(shortcut: str, projections: int, paddings: int) -> None:
    skips = [unit.paths["skip"] for unit in resnet(depth=14, shortcut=shortcut).units()]
    assert sum(isinstance(skip, nn.Sequential) for skip in skips) == projections
    assert sum(isinstance(skip, PadSkip) for skip in skips) == paddings
    assert sum(isinstance(skip, nn.Identity) for skip in skips) == 6 - projections - paddings


@pytest.mark.parametrize(("padding", "front"), [("both", 8), ("end", 0)])
def test_option_a_pads_half_on_each_side_unless_told(padding: str, front: int) -> None:
    unit = list(resnet(depth=8, shortcut_padding=padding).units())[1]
    x = torch.randn(2, 16, 8, 8)
    y = unit.paths["skip"](x)
    assert torch.equal(y[:, front : front + 16], x[:, :, ::2, ::2])
    assert y.count_nonzero() == y[:, front : front + 16].count_nonzero()


def strides(net: Network) -> list[dict[str, int]]:
    """The stride of each convolution in the branches of units that stride, by name."""
    units = [dict(unit.paths["branch"].named_children()) for unit in net.units()]
    found = [{name: m.stride[0] for name, m in unit.items() if isinstance(m, nn.Conv2d)} for unit in units]
    return [unit for unit in found if max(unit.values()) > 1]


@pytest.mark.parametrize(
    ("form", "stride_at", "layer"),
    [
        ("cifar", None, "conv2"),
        ("cifar", "1x1", "conv1"),
        ("imagenet", None, "conv1"),
        ("imagenet", "1x1", "conv1"),
        ("imagenet", "3x3", "conv2"),
    ],
)
def test_a_bottleneck_strides_where_its_form_does_or_where_told(form: str, stride_at: str | None, layer: str) -> None:
    depth = [1] * (3 if form == "cifar" else 4)
    arguments = {"depth": depth, "form": form, "width": 0.25, "unit": "bottleneck", "stride_at": stride_at}
    for family in (resnet, plain):
        expected = {"conv1": 1, "conv2": 1, "conv3": 1, layer: 2}
        assert strides(family(**arguments)) == [expected] * (len(depth) - 1)  # type: ignore[operator]


@pytest.mark.parametrize("family", [plain, resnet])
def test_the_imagenet_form_shrinks_images_to_a_thirty_second(family: Callable[..., Network]) -> None:
    net = family(depth=18, form="imagenet", width=1 / 16, num_classes=7)
    assert [name for name, _ in net.stem.named_children()] == ["conv", "norm", "relu", "pool"]
    x = torch.randn(2, 3, 64, 64)
    assert net.stem(x).shape == (2, 4, 16, 16)
    expected = [(4, 16), (8, 8), (16, 4), (32, 2)]
    assert shapes(net.units(), net.stem(x)) == [shape for shape in expected for _ in range(2)]
    assert net(x).shape == net(torch.randn(2, 3, 3, 5)).shape == (2, 7)


@pytest.mark.parametrize(
    ("depth", "unit", "layers"), [(18, None, 2), (34, None, 2), (50, None, 3), ([1, 1, 1, 1], None, 2)]
)
def test_depth_decides_the_unit_of_the_imagenet_form(depth: int | list[int], unit: str | None, layers: int) -> None:
    with torch.device("meta"):
        net = resnet(depth=depth, form="imagenet", unit=unit)
    names = [[name for name, _ in block.paths["branch"].named_children()] for block in net.units()]
    assert all(sum("conv" in name for name in branch) == layers for branch in names)
    if isinstance(depth, int):
        assert weighted_layers(net) == depth


def test_skips_pad_for_small_images_and_project_for_imagenet_unless_told() -> None:
    def changing(**arguments: object) -> list[type[nn.Module]]:
        net = resnet(width=0.25, **arguments)  # type: ignore[arg-type]
        return [type(unit.paths["skip"]) for unit in net.units() if not isinstance(unit.paths["skip"], nn.Identity)]

    assert changing(depth=8) == [PadSkip] * 2
    assert changing(depth=18, form="imagenet") == [nn.Sequential] * 3
    assert changing(depth=18, form="imagenet", shortcut="A") == [PadSkip] * 3


def test_a_residual_unit_with_a_zeroed_branch_is_relu_of_its_input() -> None:
    unit = next(iter(resnet(depth=8).units()))
    nn.init.zeros_(unit.get_parameter("paths.branch.norm2.weight"))
    x = torch.randn(2, 16, 8, 8)
    assert torch.equal(unit(x), x.relu())


def test_a_lesion_by_hook_leaves_the_skip_and_restores_exactly() -> None:
    net = resnet(depth=14).eval()
    x = torch.randn(2, 3, 8, 8)
    unit = list(net.units())[1]
    whole = net(x)
    handle = unit.paths["branch"].register_forward_hook(lambda _m, _i, y: torch.zeros_like(y))
    features = torch.randn(2, 16, 8, 8)
    assert torch.equal(unit(features), features.relu())
    assert not torch.allclose(net(x), whole)
    handle.remove()
    assert torch.equal(net(x), whole)


@pytest.mark.parametrize("unit", ["basic", "bottleneck"])
def test_dropout_stands_before_the_last_convolution_and_changes_no_key(unit: str) -> None:
    net = resnet(depth=20, unit=unit, dropout=0.3)
    last = "conv3" if unit == "bottleneck" else "conv2"
    for block in net.units():
        names = [name for name, _ in block.paths["branch"].named_children()]
        assert names.index("dropout") == names.index(last) - 1
        assert block.get_submodule("paths.branch.dropout").p == 0.3
    assert list(net.state_dict()) == list(resnet(depth=20, unit=unit).state_dict())


def test_drop_path_rises_linearly_and_drops_only_the_branch() -> None:
    net = resnet(depth=[2, 2], drop_path=0.4)
    rates = [module.p for module in net.modules() if isinstance(module, DropPath)]
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert all(isinstance(unit.get_submodule("paths.branch.drop_path"), DropPath) for unit in net.units())
    assert list(net.state_dict()) == list(resnet(depth=[2, 2]).state_dict())


@pytest.mark.parametrize("off", [0, 0.0, None])
def test_knobs_at_their_off_value_do_nothing(off: float | None) -> None:
    kinds = {type(module) for module in resnet(depth=8, dropout=off, drop_path=off).modules()}
    assert not kinds & {nn.Dropout, DropPath}
    assert not any(isinstance(module, nn.Dropout) for module in plain(depth=8, dropout=off).modules())


class PublishedBlock(nn.Module):
    """A basic block as the usual implementations for CIFAR-10 write it, in their order of weights."""

    def __init__(self, before: int, planes: int, stride: int, option: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.change = stride != 1 or before != planes
        self.planes = planes
        if self.change and option == "B":
            self.downsample = nn.Sequential(nn.Conv2d(before, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))
        self.option = option

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        if self.change and self.option == "B":
            x = self.downsample(x)
        elif self.change:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.planes // 4, self.planes // 4), "constant", 0)
        return functional.relu(out + x)


class PublishedResNet(nn.Module):
    def __init__(self, n: int, option: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        blocks = [PublishedBlock(16, 16, 1, option) for _ in range(n)]
        for planes in (32, 64):
            blocks += [PublishedBlock(planes // 2, planes, 2, option)]
            blocks += [PublishedBlock(planes, planes, 1, option) for _ in range(n - 1)]
        self.blocks = nn.Sequential(*blocks)
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(functional.relu(self.bn1(self.conv1(x))))
        y: Tensor = self.linear(x.mean(dim=(2, 3)))
        return y


@pytest.mark.parametrize("option", ["A", "B"])
def test_published_weights_can_be_copied_in_by_order(option: str) -> None:
    torch.manual_seed(0)
    published = PublishedResNet(2, option)
    x = torch.randn(4, 3, 32, 32)
    published(x)  # moves the running statistics of batch norm away from their start
    for norm in published.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)
    net = resnet(depth=14, shortcut=option)
    state, theirs = net.state_dict(), list(published.state_dict().values())
    assert [tuple(value.shape) for value in state.values()] == [tuple(value.shape) for value in theirs]
    net.load_state_dict(dict(zip(state, theirs, strict=True)))
    torch.testing.assert_close(net.eval()(x), published.eval()(x))
