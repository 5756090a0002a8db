"""BN-Inception and its form for small images."""

from typing import Any

import pytest
import torch
from torch import nn

from depthlab.models import inception_v1, inception_v2
from depthlab.nn import Network, measure_cost, measure_receptive_field
from tests.models.structure import kernels, outputs


def build(**arguments: Any) -> Network:
    with torch.device("meta"):
        return inception_v2(**arguments)


def test_bn_inception_puts_out_what_figure_5_adds_up_to() -> None:
    net = build(form="imagenet")
    assert outputs(net, 224) == [
        *[(256, 28), (320, 28)],
        *[(576, 14), (576, 14), (576, 14), (608, 14), (608, 14)],
        *[(1056, 7), (1024, 7), (1024, 7)],
    ]
    pools = [type(unit.get_submodule("paths.pool.pool")) for unit in net.units()]
    average, largest = nn.AvgPool2d, nn.MaxPool2d
    assert pools == [average] * 2 + [largest] + [average] * 4 + [largest, average, largest]


def test_every_convolution_has_batch_norm_and_no_bias() -> None:
    net = build(form="imagenet")
    convolutions = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    assert all(module.bias is None for module in convolutions)
    assert len(convolutions) == sum(isinstance(module, nn.BatchNorm2d) for module in net.modules())


def test_modules_that_stride_have_no_1x1_path_and_pass_pooled_channels_through() -> None:
    paths = [{name: kernels(path) for name, path in unit.paths.items()} for unit in build(depth=[1, 1]).units()]
    three, double = [(1, 1), (3, 3)], [(1, 1), (3, 3), (3, 3)]
    assert paths == [
        {"one": [(1, 1)], "three": three, "stacked": double, "pool": [(1, 1)]},
        {"three": three, "stacked": double, "pool": []},
    ]


@pytest.mark.parametrize("depth", [[1], [2, 2]])
def test_two_3x3_convolutions_see_what_one_5x5_sees_for_less(depth: list[int]) -> None:
    factored, single = build(depth=depth), build(depth=depth, kernels="single")
    assert measure_receptive_field(factored) == measure_receptive_field(single)
    assert measure_cost(factored, (3, 8, 8)).multiply_adds < measure_cost(single, (3, 8, 8)).multiply_adds
    assert kernels(next(iter(single.units())).paths["stacked"]) == [(1, 1), (5, 5)]


def test_one_module_sees_what_one_of_inception_v1_sees() -> None:
    with torch.device("meta"):
        assert measure_receptive_field(inception_v1(depth=[1])) == measure_receptive_field(build(depth=[1])) == (7, 7)


@pytest.mark.parametrize(("depth", "counts"), [(11, [1, 1, 1]), (20, [2, 2, 2]), (None, [2, 2, 2]), ([1, 3], [1, 3])])
def test_depth_gives_modules_per_stage(depth: Any, counts: list[int]) -> None:
    assert [len(list(stage.children())) for stage in build(depth=depth).stages] == counts


def test_depth_counts_the_layers_of_the_longest_path() -> None:
    for depth, net in ((20, build(depth=20)), (34, build(form="imagenet"))):
        stem = sum(isinstance(module, nn.Conv2d) for module in net.stem)
        longest = [max(len(kernels(path)) for path in unit.paths.values()) for unit in net.units()]
        assert stem + sum(longest) + 1 == depth


@pytest.mark.parametrize("size", [1, 7, 28])
def test_channels_of_the_small_form_are_exactly_those_asked_for(size: int) -> None:
    sizes = [size, (size + 1) // 2, (size + 3) // 4]
    found = outputs(build(depth=[1, 2, 1], width=[9, 20, 31]), size)
    assert found == [(9, sizes[0]), *[(20, sizes[1])] * 2, (31, sizes[2])]


def test_other_depths_and_widths_of_the_imagenet_form_keep_its_proportions() -> None:
    net = build(form="imagenet", depth=[1, 1, 3], width=[160, 304, 512])
    assert [channels for channels, _ in outputs(net, 32)] == [160, 160 + 128, 288 + 224, 512, 512]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 21}, "inception_v2 can't have depth=21: depth must be 9n+2 (11, 20, 29, ...)"),
        ({"form": "imagenet", "depth": 22}, "inception_v2 with form=imagenet can't have depth=22: the paper's are 34"),
        ({"width": [64, 64, 128]}, "width=[64,64,128] must rise from stage to stage"),
        ({"width": 0.01}, "width is too small for inception modules"),
        ({"kernels": "double"}, "kernels must be factored or single, not 'double'; type model.kernels=factored"),
        ({"form": 32}, "form must be cifar or imagenet, not 32"),
        ({"dropout": -1}, "dropout must be a number from 0 (off) to below 1"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
