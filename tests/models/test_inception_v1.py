"""GoogLeNet and its form for small images."""

from typing import Any

import pytest
import torch
from torch import nn

from depthlab.models import inception_v1
from depthlab.nn import Concat, LocalResponseNorm, Network, measure_cost
from tests.models.structure import kernels, outputs

SMALL = {"depth": [1, 3, 1], "width": [8, 16, 24]}


def build(**arguments: Any) -> Network:
    with torch.device("meta"):
        return inception_v1(**arguments)


def test_googlenet_puts_out_what_table_1_says() -> None:
    net = build(form="imagenet", num_classes=1000)
    assert outputs(net, 224) == [
        *[(256, 28), (480, 28)],
        *[(512, 14), (512, 14), (512, 14), (528, 14), (832, 14)],
        *[(832, 7), (1024, 7)],
    ]
    assert sum(isinstance(module, LocalResponseNorm) for module in net.stem) == 2


def test_a_module_has_four_paths_with_a_true_5x5() -> None:
    for unit in build().units():
        assert isinstance(unit, Concat)
        assert {name: kernels(path) for name, path in unit.paths.items()} == {
            "one": [(1, 1)],
            "three": [(1, 1), (3, 3)],
            "five": [(1, 1), (5, 5)],
            "pool": [(1, 1)],
        }


def test_a_naive_module_has_no_1x1_reductions_and_passes_pooled_channels_through() -> None:
    net = build(reduction=False, depth=[2], width=[16])
    assert outputs(net, 8) == [(16 + 14, 8), (16 + 14 + 14, 8)]
    for unit in net.units():
        assert [kernels(path) for path in unit.paths.values()] == [[(1, 1)], [(3, 3)], [(5, 5)], []]


@pytest.mark.parametrize("form", ["cifar", "imagenet"])
def test_reductions_make_modules_cheaper(form: str) -> None:
    image = (3, 224, 224) if form == "imagenet" else (3, 32, 32)
    reduced, naive = (measure_cost(build(form=form, reduction=reduction), image) for reduction in (True, False))
    assert naive.multiply_adds > 4 * reduced.multiply_adds
    assert naive.parameters > 4 * reduced.parameters


def test_a_large_kernel_of_3_saves_16_weights_of_25() -> None:
    five, three = (sum(p.numel() for p in build(large_kernel=k, depth=8).parameters()) for k in (5, 3))
    assert five - three == (25 - 9) * (4 * 8 + 8 * 16 + 16 * 32)


@pytest.mark.parametrize(("depth", "counts"), [(8, [1, 1, 1]), (20, [3, 3, 3]), (None, [3, 3, 3]), ([2, 1], [2, 1])])
def test_depth_gives_modules_per_stage(depth: Any, counts: list[int]) -> None:
    net = build(depth=depth)
    assert [len(list(stage.children())) for stage in net.stages] == counts


def test_depth_counts_the_layers_of_the_longest_path() -> None:
    for depth, net in ((20, build(depth=20)), (22, build(form="imagenet"))):
        stem = sum(isinstance(module, nn.Conv2d) for module in net.stem)
        longest = [max(len(kernels(path)) for path in unit.paths.values()) for unit in net.units()]
        assert stem + sum(longest) + 1 == depth


def test_stages_of_the_small_form_halve_by_pooling_between() -> None:
    assert outputs(build(**SMALL), 28) == [(8, 28), *[(16, 14)] * 3, (24, 7)]
    assert outputs(build(**SMALL), 1) == [(8, 1), *[(16, 1)] * 3, (24, 1)]
    pooled = [isinstance(unit.before, nn.MaxPool2d) for unit in build(**SMALL).units()]
    assert pooled == [False, True, False, False, True]


def test_other_depths_and_widths_of_the_imagenet_form_keep_its_proportions() -> None:
    net = build(form="imagenet", depth=[1, 2, 3], width=[240, 208, 512])
    assert outputs(net, 64) == [(240, 8), (132, 4), (208, 4), (416, 2), (512, 2), (512, 2)]
    assert [channels for channels, _ in outputs(build(form="imagenet", width=0.5), 64)][-3:] == [416, 416, 512]


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ({"form": "imagenet"}, ["2", "5"]),
        ({"depth": 20}, ["3", "4"]),
        ({"depth": 14}, ["2"]),
        ({"depth": 8}, ["1"]),
        ({"depth": [2]}, ["0"]),
    ],
)
def test_auxiliary_heads_read_the_second_stage(arguments: dict[str, Any], places: list[str]) -> None:
    assert list(build(**arguments, auxiliary=True).auxiliary) == places
    assert not build(**arguments).auxiliary


@pytest.mark.parametrize("size", [1, 8, 28])
def test_auxiliary_heads_work_at_any_size_and_leave_the_logits_alone(size: int) -> None:
    net = inception_v1(**SMALL, auxiliary=True, num_classes=5).eval()  # type: ignore[arg-type]
    x = torch.randn(2, 3, size, size)
    logits = net.all_logits(x)
    assert [tuple(one.shape) for one in logits] == [(2, 5)] * 3
    assert torch.equal(logits[0], net(x))
    assert list(net.state_dict())[: -len(net.auxiliary.state_dict())] == list(build(**SMALL).state_dict())


def test_auxiliary_heads_are_those_of_the_paper() -> None:
    heads = build(form="imagenet", num_classes=1000, auxiliary=True).auxiliary
    for channels, head in zip((512, 528), heads.values(), strict=True):
        shapes = [tuple(weight.shape) for name, weight in head.named_parameters() if name.endswith("weight")]
        assert shapes == [(128, channels, 1, 1), (1024, 2048), (1000, 1024)]
        assert head.get_submodule("dropout").p == 0.7


def test_dropout_stands_before_the_linear_layer_and_changes_no_key() -> None:
    net = build(**SMALL, dropout=0.4)
    assert [name for name, _ in net.head.named_children()] == ["pool", "flatten", "dropout", "linear"]
    assert list(net.state_dict()) == list(build(**SMALL, dropout=None).state_dict())


def test_features_keep_their_size_through_googlenet_without_batch_norm() -> None:
    torch.manual_seed(0)
    net = inception_v1(form="imagenet", width=0.25).eval()
    x = net.stem(torch.randn(2, 3, 64, 64))
    first = x.std()
    for stage in net.stages:
        x = stage(x)
    assert 1 / 30 < x.std() / first < 30


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 21}, "inception_v1 can't have depth=21: depth must be 6n+2 (8, 14, 20, ...)"),
        ({"form": "imagenet", "depth": 20}, "inception_v1 with form=imagenet can't have depth=20: the paper's are 22"),
        ({"form": "imagenet", "depth": [2, 5]}, "has 3 stages: depth=[2,5] must have one entry for each"),
        ({"form": "imagenet", "width": [480, 832]}, "width=[480,832] must have one entry for each of the 3 stages"),
        ({"form": "mnist"}, "form must be cifar or imagenet, not 'mnist'; type model.form=cifar"),
        (
            {"width": 0.05},
            "width is too small for inception modules: one of 4 convolutions side by side",
        ),
        ({"width": -1}, "width must be a positive factor"),
        ({"reduction": "no"}, "reduction must be true or false, not 'no'; type model.reduction=true"),
        ({"large_kernel": 4}, "large_kernel must be 5 or 3, not 4; type model.large_kernel=5"),
        ({"large_kernel": 5.0}, "large_kernel must be 5 or 3, not 5.0"),
        ({"batch_norm": 1}, "batch_norm must be true or false, not 1"),
        ({"auxiliary": None}, "auxiliary must be true or false, not None"),
        ({"dropout": 1}, "dropout must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number of 1 or more"),
        ({"in_channels": 0}, "in_channels must be a whole number of 1 or more"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
