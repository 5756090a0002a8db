"""VGG networks: their stages, their kernels, their heads, what a person can get wrong."""

import pytest
import torch
from torch import nn

from depthlab.models import vgg
from depthlab.nn import Network, Sum, measure_receptive_field

SMALL = {"depth": 11, "width": [4, 5, 6, 7, 8]}


def convolutions(net: Network) -> list[list[tuple[int, int]]]:
    """Channels and kernel size of each convolution, by stage."""
    stages = [[module for module in stage.modules() if isinstance(module, nn.Conv2d)] for stage in net.stages]
    return [[(conv.out_channels, conv.kernel_size[0]) for conv in stage] for stage in stages]


def test_a_unit_is_one_convolution_and_a_stage_begins_with_a_pool() -> None:
    net = vgg(**SMALL)
    assert len(net.stem) == 0
    for stage in net.stages:
        for n, unit in enumerate(stage.children()):
            assert isinstance(unit, Sum) and list(unit.paths) == ["branch"]
            assert [name for name, _ in unit.paths["branch"].named_children()] == ["conv", "norm", "relu"]
            pools = n == 0 and stage is not net.stages[0]
            assert isinstance(unit.before, nn.MaxPool2d if pools else nn.Identity)
    assert sum(isinstance(module, nn.MaxPool2d) for module in net.modules()) == 5


@pytest.mark.parametrize("form", ["cifar", "imagenet"])
@pytest.mark.parametrize("depth", [11, 13, 16, 19])
def test_depth_counts_the_weighted_layers_of_the_paper(depth: int, form: str) -> None:
    with torch.device("meta"):
        net = vgg(depth=depth, form=form, head="two_hidden")
    assert sum(isinstance(module, nn.Conv2d | nn.Linear) for module in net.modules()) == depth


@pytest.mark.parametrize(("depth", "sides"), [(11, [3, 3, 5, 5, 5]), (16, [5, 5, 7, 7, 7]), (19, [5, 5, 9, 9, 9])])
def test_a_single_kernel_sees_what_its_stack_sees(depth: int, sides: list[int]) -> None:
    with torch.device("meta"):
        factored, single = vgg(depth=depth), vgg(depth=depth, kernels="single")
    assert convolutions(single) == [[pair] for pair in zip([64, 128, 256, 512, 512], sides, strict=True)]
    assert {side for stage in convolutions(factored) for _, side in stage} == {3}
    assert measure_receptive_field(single) == measure_receptive_field(factored)


def test_depth_and_width_can_be_listed() -> None:
    net = vgg(depth=[1, 2, 1, 1, 1], width=[4, 5, 6, 7, 8])
    assert [[out for out, _ in stage] for stage in convolutions(net)] == [[4], [5, 5], [6], [7], [8]]
    with torch.device("meta"):
        half = vgg(depth=11, width=0.5, form="imagenet")
    assert [stage[0][0] for stage in convolutions(half)] == [32, 64, 128, 256, 256]
    assert [m.out_features for m in half.head.modules() if isinstance(m, nn.Linear)] == [2048, 2048, 10]


@pytest.mark.parametrize(
    ("arguments", "layers"),
    [
        ({}, ["linear"]),
        ({"head": "hidden"}, ["linear1", "norm1", "relu1", "linear"]),
        ({"head": "hidden", "batch_norm": False}, ["linear1", "relu1", "linear"]),
        ({"head": "two_hidden"}, ["linear1", "relu1", "linear2", "relu2", "linear"]),
        ({"dropout": 0.5}, ["dropout", "linear"]),
        ({"head": "hidden", "dropout": 0.5}, ["linear1", "norm1", "relu1", "dropout1", "linear"]),
        (
            {"head": "two_hidden", "dropout": 0.5},
            ["linear1", "relu1", "dropout1", "linear2", "relu2", "dropout2", "linear"],
        ),
    ],
)
def test_three_heads_for_small_images(arguments: dict[str, object], layers: list[str]) -> None:
    net = vgg(**SMALL, **arguments)  # type: ignore[arg-type]
    assert [name for name, _ in net.head.named_children()] == ["pool", "mean", "flatten", *layers]
    assert {module.p for module in net.modules() if isinstance(module, nn.Dropout)} <= {0.5}
    assert all(module.out_features in (8, 10) for module in net.head.modules() if isinstance(module, nn.Linear))


def test_dropout_changes_no_key() -> None:
    for head in ("linear", "hidden", "two_hidden"):
        without = list(vgg(**SMALL, head=head, dropout=0).state_dict())
        assert list(vgg(**SMALL, head=head, dropout=0.5).state_dict()) == without


@pytest.mark.parametrize(
    ("arguments", "norms"), [({}, True), ({"form": "imagenet"}, False), ({"batch_norm": False}, False)]
)
def test_batch_norm_is_the_default_for_small_images_only(arguments: dict[str, object], norms: bool) -> None:
    net = vgg(**SMALL, **arguments)  # type: ignore[arg-type]
    assert any(isinstance(module, nn.BatchNorm2d) for module in net.modules()) is norms
    assert all(module.bias is not None for module in net.modules() if isinstance(module, nn.Conv2d))


def test_images_of_any_size() -> None:
    net = vgg(**SMALL).eval()
    for size in (1, 8, 28, 33, 64):
        assert net(torch.randn(2, 3, size, size)).shape == (2, 10)


def test_the_network_for_large_images_needs_32_pixels() -> None:
    net = vgg(depth=11, width=[2, 2, 2, 2, 2], form="imagenet").eval()
    assert net(torch.randn(1, 3, 32, 32)).shape == net(torch.randn(1, 3, 224, 224)).shape == (1, 10)
    with pytest.raises(ValueError, match="32x32 pixels or more, not 31x31"):
        net(torch.randn(1, 3, 31, 31))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 17}, "vgg can't have depth=17: the paper's are 11, 13, 16, 19, the nearest is depth=16"),
        ({"depth": [2, 2, 2]}, "vgg has 5 stages: depth=[2,2,2] must have one entry for each"),
        ({"depth": "16"}, "depth must be a whole number"),
        ({"width": [64, 128]}, "width=[64,128] must have one entry for each of the 5 stages"),
        ({"width": 0}, "width must be a positive factor"),
        ({"form": "mnist"}, "form must be cifar or imagenet, not 'mnist'; type model.form=cifar"),
        ({"batch_norm": 1}, "batch_norm must be true or false, not 1; type model.batch_norm=true"),
        ({"kernels": "large"}, "kernels must be factored or single, not 'large'; type model.kernels=factored"),
        ({"head": "deep"}, "head must be linear, hidden or two_hidden, not 'deep'; type model.head=linear"),
        ({"head": "linear", "form": "imagenet"}, "two hidden layers, not head=linear: leave model.head out"),
        ({"dropout": 1}, "dropout must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number"),
        ({"in_channels": 2.0}, "in_channels must be a whole number"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        vgg(**{**SMALL, **arguments})  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
