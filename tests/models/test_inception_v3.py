"""Inception-v3 and its form for small images."""

from typing import Any

import pytest
import torch
from torch import nn

from depthlab.models import inception_v3
from depthlab.nn import Network, measure_cost
from tests.models.structure import kernels, outputs

SMALL = {"depth": 20, "width": 0.25}


def build(**arguments: Any) -> Network:
    with torch.device("meta"):
        return inception_v3(**arguments)


def test_inception_v3_puts_out_what_the_released_network_does() -> None:
    net = build(form="imagenet")
    with torch.device("meta"):
        assert net.stem(torch.empty(1, 3, 299, 299)).shape == (1, 192, 35, 35)
    assert outputs(net, 299) == [
        *[(256, 35), (288, 35), (288, 35)],
        *[(768, 17)] * 5,
        *[(1280, 8), (2048, 8), (2048, 8)],
    ]
    assert all(module.eps == 1e-3 for module in net.modules() if isinstance(module, nn.BatchNorm2d))


@pytest.mark.parametrize("n", [7, 5, 3])
@pytest.mark.parametrize("form", ["cifar", "imagenet"])
def test_every_n_x_n_is_1_x_n_and_n_x_1(form: str, n: int) -> None:
    units = [list(stage.children()) for stage in build(form=form, asymmetric=n).stages]
    for unit in units[1][1:]:
        assert kernels(unit.get_submodule("paths.asymmetric")) == [(1, 1), (1, n), (n, 1)]
        assert kernels(unit.get_submodule("paths.stacked")) == [(1, 1), (n, 1), (1, n), (n, 1), (1, n)]
    assert kernels(units[2][0].get_submodule("paths.asymmetric")) == [(1, 1), (1, n), (n, 1), (3, 3)]


def test_the_last_stage_splits_paths_into_1x3_and_3x1() -> None:
    unit = list(build(form="imagenet").units())[-1]
    assert kernels(unit.paths["three"]) == [(1, 1), (1, 3), (3, 1)]
    assert kernels(unit.paths["stacked"]) == [(1, 1), (3, 3), (1, 3), (3, 1)]


def test_a_smaller_n_costs_less() -> None:
    costs = [measure_cost(build(asymmetric=n), (3, 32, 32)).multiply_adds for n in (3, 5, 7)]
    assert costs == sorted(set(costs))
    assert costs[2] - costs[1] == costs[1] - costs[0]  # 1xn and nx1 cost 2n, not n * n


@pytest.mark.parametrize(("depth", "counts"), [(20, [1, 2, 2]), (42, [3, 4, 4]), (None, [1, 2, 2]), ([2, 1, 1],) * 2])
def test_depth_gives_modules_per_stage(depth: Any, counts: list[int]) -> None:
    assert [len(list(stage.children())) for stage in build(depth=depth).stages] == counts


def longest(path: nn.Module) -> int:
    """Layers of a path; those side by side count once."""
    return len([name for name, _ in path.named_children() if name.startswith(("conv", "split"))])


def test_depth_counts_the_layers_of_the_longest_path() -> None:
    for depth, net in ((20, build(depth=20)), (31, build(depth=31)), (48, build(form="imagenet"))):
        stem = sum(isinstance(module, nn.Conv2d) for module in net.stem)
        assert stem + sum(max(map(longest, unit.paths.values())) for unit in net.units()) + 1 == depth


@pytest.mark.parametrize("size", [1, 7, 28])
def test_channels_of_the_small_form_are_exactly_those_asked_for(size: int) -> None:
    sizes = [size, (size + 1) // 2, (size + 3) // 4]
    found = outputs(build(depth=[2, 1, 2], width=[17, 38, 70]), size)
    assert found == [(17, sizes[0])] * 2 + [(38, sizes[1])] + [(70, sizes[2])] * 2


def test_other_depths_and_widths_of_the_imagenet_form_keep_its_proportions() -> None:
    net = build(form="imagenet", depth=[4, 2, 1], width=0.5)
    assert [channels for channels, _ in outputs(net, 75)] == [128, 144, 144, 144, 384, 384, 640]


def test_75_pixels_are_the_least_that_the_imagenet_form_takes() -> None:
    net = build(form="imagenet", auxiliary=True, num_classes=5)
    with torch.device("meta"):
        assert [tuple(logits.shape) for logits in net.all_logits(torch.empty(2, 3, 75, 75))] == [(2, 5)] * 2
        with pytest.raises(ValueError, match="takes images of 75x75 pixels or more, not 74x75"):
            net(torch.empty(2, 3, 74, 75))
        with pytest.raises(RuntimeError):
            outputs(net, 74)


@pytest.mark.parametrize("size", [1, 8])
def test_the_auxiliary_head_works_at_any_size_and_leaves_the_logits_alone(size: int) -> None:
    net = inception_v3(**SMALL, auxiliary=True, num_classes=5).eval()  # type: ignore[arg-type]
    x = torch.randn(2, 3, size, size)
    logits = net.all_logits(x)
    assert [tuple(one.shape) for one in logits] == [(2, 5)] * 2
    assert torch.equal(logits[0], net(x))
    assert list(net.auxiliary) == ["2"]
    assert not build(**SMALL).auxiliary


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 44},
            "inception_v3 can't have depth=44: depth must be 11n+9 (20, 31, 42, ...); "
            "the nearest are depth=42 and depth=53",
        ),
        ({"depth": "20"}, "depth must be a whole number, such as depth=20, or a list of units per stage"),
        ({"depth": True}, "depth must be a whole number"),
        ({"depth": [1, 2]}, "inception_v3 has 3 stages: depth=[1,2] must have one entry for each"),
        ({"form": "imagenet", "depth": 42}, "inception_v3 with form=imagenet can't have depth=42: the paper's are 48"),
        ({"width": [64, 128, 100]}, "width=[64,128,100] must rise from stage to stage"),
        ({"width": [64, 128]}, "width=[64,128] must have one entry for each of the 3 stages"),
        ({"asymmetric": 9}, "asymmetric must be 7, 5 or 3, not 9; type model.asymmetric=7"),
        ({"asymmetric": None}, "asymmetric must be 7, 5 or 3, not None"),
        ({"auxiliary": 1}, "auxiliary must be true or false, not 1"),
        ({"dropout": "half"}, "dropout must be a number from 0 (off) to below 1"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
