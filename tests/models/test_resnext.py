"""ResNeXt: groups as transformations that are added, their widths, and what one can get wrong."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from depthlab.models import resnext
from depthlab.nn import Network, Sum


def small(**arguments: object) -> Network:
    given = {"depth": [1, 2, 1], "width": [16, 32, 64], "cardinality": 4, "group_width": 2, **arguments}
    return resnext(**given)  # type: ignore[arg-type]


def transformation(branch: nn.Module, x: Tensor, group: int, width: int) -> Tensor:
    """Compute one of the transformations that a unit adds up, T_i in Fig. 3 (a), without the last batch norm."""
    part = slice(group * width, (group + 1) * width)
    for n in (1, 2):
        weight = branch.get_parameter(f"conv{n}.weight")[part]
        norm = branch.get_submodule(f"norm{n}")
        assert isinstance(norm, nn.BatchNorm2d)
        x = functional.conv2d(x, weight, padding=weight.shape[-1] // 2)
        moments = (t[part] for t in (norm.running_mean, norm.running_var, norm.weight, norm.bias))  # type: ignore[index]
        x = functional.batch_norm(x, *moments).relu()
    return functional.conv2d(x, branch.get_parameter("conv3.weight")[:, part])


def test_a_unit_adds_up_as_many_transformations_as_its_cardinality() -> None:
    unit = next(iter(small().eval().units()))
    branch, x = unit.paths["branch"], torch.randn(2, 4, 8, 8)
    total = sum(transformation(branch, x, group, width=2) for group in range(4))
    torch.testing.assert_close(branch(x), branch.get_submodule("norm3")(total))


def widths(net: Network) -> list[tuple[int, int, int, int]]:
    """Of each unit: channels in, channels of its 3x3 convolution, groups, channels out."""
    found = []
    for unit in net.units():
        first, middle, last = (unit.paths["branch"].get_submodule(f"conv{n}") for n in (1, 2, 3))
        assert isinstance(first, nn.Conv2d) and isinstance(middle, nn.Conv2d) and isinstance(last, nn.Conv2d)
        found.append((first.in_channels, middle.out_channels, middle.groups, last.out_channels))
    return found


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"width": 1}, [(64, 8, 4, 256), (256, 16, 4, 512), (512, 16, 4, 512), (512, 32, 4, 1024)]),
        ({"width": 0.5}, [(32, 4, 4, 128), (128, 8, 4, 256), (256, 8, 4, 256), (256, 16, 4, 512)]),
        ({"width": 0.7}, [(44, 4, 4, 179), (179, 12, 4, 358), (358, 12, 4, 358), (358, 24, 4, 717)]),
        ({"width": [16, 24, 40]}, [(4, 8, 4, 16), (16, 16, 4, 24), (24, 16, 4, 24), (24, 32, 4, 40)]),
        (
            {"width": [2, 2, 2], "cardinality": 1, "group_width": 3},
            [(1, 3, 1, 2), (2, 6, 1, 2), (2, 6, 1, 2), (2, 12, 1, 2)],
        ),
    ],
)
def test_width_is_a_factor_on_all_channels_or_lists_the_outputs(
    arguments: dict[str, object], expected: list[tuple[int, int, int, int]]
) -> None:
    assert widths(small(**arguments)) == expected


def test_units_are_post_activated_and_project_where_the_shape_changes() -> None:
    net = small()
    assert all(isinstance(unit, Sum) and isinstance(unit.after, nn.ReLU) for unit in net.units())
    assert [isinstance(unit.paths["skip"], nn.Identity) for unit in net.units()] == [False, False, True, False]
    strides = [unit.paths["branch"].get_submodule("conv2").stride for unit in net.units()]
    assert strides == [(1, 1), (2, 2), (1, 1), (2, 2)]


@pytest.mark.parametrize(("depth", "form", "counts"), [(29, "cifar", [3, 3, 3]), (50, "imagenet", [3, 4, 6, 3])])
def test_depth_decides_the_units_of_each_stage(depth: int, form: str, counts: list[int]) -> None:
    with torch.device("meta"):
        net = resnext(depth=depth, form=form, cardinality=32, group_width=4)
        assert [len(list(stage.children())) for stage in net.stages] == counts
        assert net(torch.empty(2, 3, 32, 32)).shape == (2, 10)
    assert ("pool" in dict(net.stem.named_children())) == (form == "imagenet")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 30},
            "resnext can't have depth=30: depth must be 9n+2 (11, 20, 29, ...); the nearest are depth=29 and depth=38",
        ),
        ({"depth": 29, "form": "imagenet"}, "resnext can't have depth=29: the paper's are 50, 101, 152"),
        ({"cardinality": 0}, "cardinality must be a whole number of 1 or more, such as cardinality=8, not 0"),
        ({"cardinality": None}, "cardinality must be a whole number of 1 or more, such as cardinality=8, not None"),
        ({"group_width": 2.5}, "group_width must be a whole number of 1 or more, such as group_width=64, not 2.5"),
        (
            {"width": 0.25},
            "width=0.25 leaves groups of group_width=2 less than one channel: type a width of 0.5 or more, "
            "or a larger group_width",
        ),
        ({"width": "wide"}, "width must be a positive factor"),
        ({"width": [16, 32]}, "width=[16,32] must have one entry for each of the 3 stages"),
        ({"form": "mnist"}, "form must be cifar or imagenet"),
        ({"dropout": 1}, "dropout must be a number from 0 (off) to below 1"),
        ({"drop_path": -1}, "drop_path must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number"),
        ({"in_channels": 0}, "in_channels must be a whole number"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        small(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_cardinality_and_group_width_must_be_given() -> None:
    with pytest.raises(TypeError, match="cardinality"):
        resnext(depth=29)  # type: ignore[call-arg]
