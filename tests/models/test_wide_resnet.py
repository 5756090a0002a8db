"""Wide residual networks: pre-activated units for small images, the units of He et al. for ImageNet."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from depthlab.models import wide_resnet
from depthlab.nn import Network
from tests.models.structure import convolutions


@pytest.mark.parametrize("depth", [10, 16, 28, 40])
def test_depth_counts_convolutions_those_of_the_skips_too(depth: int) -> None:
    with torch.device("meta"):
        assert len(convolutions(wide_resnet(depth=depth, width=2))) == depth


@pytest.mark.parametrize(
    ("width", "channels"), [(1, [16, 32, 64]), (2, [32, 64, 128]), (0.5, [8, 16, 32]), ([4, 4, 9], [4, 4, 9])]
)
def test_width_widens_the_stages_and_not_the_stem(width: float | list[int], channels: list[int]) -> None:
    net = wide_resnet(depth=10, width=width)
    assert net.stem.get_parameter("conv.weight").shape[0] == 16
    assert [unit.paths["branch"].get_parameter("conv2.weight").shape[0] for unit in net.units()] == channels


def test_a_skip_projects_the_shared_activation_where_the_shape_changes() -> None:
    units = list(wide_resnet(depth=[2, 1], width=[24, 24]).units())
    assert [list(unit.paths) for unit in units] == [["branch", "skip"]] * 3
    for unit, shared in zip(units, [True, False, True], strict=True):
        assert [name for name, _ in unit.before.named_children()] == (["norm", "relu"] if shared else [])
        assert isinstance(unit.paths["skip"], nn.Identity) != shared
        assert [name for name, _ in unit.paths["skip"].named_children()] == (["conv"] if shared else [])
        first = ["conv1"] if shared else ["norm1", "relu1", "conv1"]
        assert [n for n, _ in unit.paths["branch"].named_children()] == [*first, "norm2", "relu2", "conv2"]
        assert isinstance(unit.after, nn.Identity)


def test_a_network_of_width_one_has_no_projection_in_its_first_stage() -> None:
    first, *_ = wide_resnet(depth=10).units()
    assert isinstance(first.paths["skip"], nn.Identity)
    assert isinstance(first.before, nn.Identity)


def test_a_unit_with_a_zeroed_branch_is_the_identity() -> None:
    unit = list(wide_resnet(depth=16).units())[1]
    nn.init.zeros_(unit.get_parameter("paths.branch.conv2.weight"))
    x = torch.randn(2, 16, 8, 8)
    assert torch.equal(unit(x), x)


def test_the_last_activation_is_in_the_head() -> None:
    net = wide_resnet(depth=10)
    assert [name for name, _ in net.stem.named_children()] == ["conv"]
    assert [name for name, _ in net.head.named_children()] == ["norm", "relu", "pool", "flatten", "linear"]


def test_dropout_stands_between_the_convolutions() -> None:
    for unit in wide_resnet(depth=10, dropout=0.3).units():
        names = [name for name, _ in unit.paths["branch"].named_children()]
        assert names[-5:] == ["conv1", "norm2", "relu2", "dropout", "conv2"]


def channels_of(net: Network) -> list[tuple[int, ...]]:
    """The channels that the convolutions of each unit's branch put out."""
    return [tuple(conv.out_channels for conv in convolutions(unit.paths["branch"])) for unit in net.units()]


def test_bottlenecks_widen_inside_and_stride_in_the_3x3() -> None:
    with torch.device("meta"):
        net = wide_resnet(depth=[1, 1, 1, 1], width=1.5, form="imagenet", unit="bottleneck")
    assert channels_of(net) == [(96, 96, 256), (192, 192, 512), (384, 384, 1024), (768, 768, 2048)]
    strides = [[conv.stride[0] for conv in convolutions(unit.paths["branch"])] for unit in net.units()]
    assert strides == [[1, 1, 1], [1, 2, 1], [1, 2, 1], [1, 2, 1]]


def test_basic_units_of_the_imagenet_form_widen_whole_behind_a_stem_of_64_channels() -> None:
    with torch.device("meta"):
        net = wide_resnet(depth=[1, 1, 1, 1], width=1.5, form="imagenet")
    assert channels_of(net) == [(96, 96), (192, 192), (384, 384), (768, 768)]
    assert net.stem.get_parameter("conv.weight").shape == (64, 3, 7, 7)
    assert all(isinstance(unit.after, nn.ReLU) for unit in net.units())


@pytest.mark.parametrize(("depth", "layers"), [(18, 2), (34, 2), (50, 3)])
def test_depth_decides_the_unit_of_the_imagenet_form(depth: int, layers: int) -> None:
    with torch.device("meta"):
        assert {len(unit) for unit in channels_of(wide_resnet(depth=depth, form="imagenet"))} == {layers}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 20},
            "wide_resnet can't have depth=20: depth must be 6n+4 (10, 16, 22, ...); "
            "the nearest are depth=16 and depth=22",
        ),
        ({"depth": 28, "form": "imagenet"}, "wide_resnet can't have depth=28: the paper's are 18, 34, 50, 101, 152"),
        ({"unit": "bottleneck"}, "unit=bottleneck is for ImageNet: leave it out, or type model.form=imagenet"),
        ({"unit": "wide"}, "unit must be basic or bottleneck, not 'wide'"),
        ({"form": "mnist"}, "form must be cifar or imagenet"),
        ({"width": 0}, "width must be a positive factor"),
        ({"width": [16, 32]}, "width=[16,32] must have one entry for each of the 3 stages"),
        ({"dropout": 1}, "dropout must be a number from 0 (off) to below 1"),
        ({"drop_path": "much"}, "drop_path must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    build: Callable[..., Network] = wide_resnet
    with pytest.raises(ValueError) as caught:
        build(**{"depth": 10, **arguments})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
