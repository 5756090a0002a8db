"""Densely connected networks: their units, their transitions, their growth, what a person can get wrong."""

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import densenet
from depthlab.nn import Concat, Network, Sum

SMALL = {"depth": [2, 2, 1], "growth_rate": 4}


def channels(net: Network, image: Tensor) -> list[list[tuple[int, int]]]:
    """Channels and height after each unit, by stage."""
    x, seen = net.stem(image), []
    for stage in net.stages:
        seen.append([])
        for unit in stage.children():
            x = unit(x)
            seen[-1].append((x.shape[1], x.shape[2]))
    return seen


def test_units_stack_old_features_before_new_ones() -> None:
    net = densenet(**SMALL).eval()
    unit = next(net.units())
    assert isinstance(unit, Concat) and list(unit.paths) == ["skip", "branch"]
    x = torch.randn(2, 16, 8, 8)
    assert torch.equal(unit(x)[:, :16], x)
    assert torch.equal(unit(x)[:, 16:], unit.paths["branch"](x))


def test_a_unit_adds_its_growth_rate_and_a_transition_halves_the_resolution() -> None:
    assert channels(densenet(**SMALL), torch.randn(2, 3, 16, 16)) == [
        [(20, 16), (24, 16)],
        [(24, 8), (28, 8), (32, 8)],
        [(32, 4), (36, 4)],
    ]


def test_compression_keeps_the_whole_part_of_a_share_of_the_channels() -> None:
    net = densenet(**SMALL, bottleneck=True, compression=0.45)  # the stem has 2k channels now
    assert channels(net, torch.randn(2, 3, 16, 16)) == [
        [(12, 16), (16, 16)],
        [(7, 8), (11, 8), (15, 8)],
        [(6, 4), (10, 4)],
    ]
    for compression, kept in ((0.29, 29), (0.7, 70), (0.001, 1), (1, 100)):
        net = densenet(depth=[21, 1], growth_rate=4, compression=compression)  # 16 + 21 * 4 = 100 channels
        assert channels(net, torch.randn(2, 3, 8, 8))[1][0][0] == kept


@pytest.mark.parametrize(
    ("bottleneck", "compression", "stem"), [(False, 1.0, 16), (True, 1.0, 16), (False, 0.5, 16), (True, 0.5, 8)]
)
def test_only_a_dense_net_bc_begins_with_twice_its_growth_rate(bottleneck: bool, compression: float, stem: int) -> None:
    net = densenet(**SMALL, bottleneck=bottleneck, compression=compression)
    assert net.stem.get_submodule("conv").out_channels == stem


@pytest.mark.parametrize(("size", "sides"), [(8, [8, 4, 2]), (28, [28, 14, 7]), (5, [5, 3, 2]), (1, [1, 1, 1])])
def test_small_images_of_any_size_keep_a_pixel(size: int, sides: list[int]) -> None:
    assert [stage[-1][1] for stage in channels(densenet(**SMALL), torch.randn(2, 3, size, size))] == sides


def test_a_transition_averages_only_pixels_that_are_there() -> None:
    transition = list(densenet(**SMALL).units())[2]
    assert isinstance(transition, Sum) and list(transition.paths) == ["branch"]
    pool = transition.paths["branch"].get_submodule("pool")
    image = torch.tensor([[1.0, 3.0, 5.0], [1.0, 3.0, 7.0], [2.0, 4.0, 9.0]])
    assert pool(image[None, None]).tolist() == [[[[2.0, 6.0], [3.0, 9.0]]]]


def weighted_layers(net: nn.Module) -> int:
    return sum(isinstance(module, nn.Conv2d | nn.Linear) for module in net.modules())


@pytest.mark.parametrize(
    "arguments",
    [
        {"depth": 7},
        {"depth": 40},
        {"depth": 10, "bottleneck": True},
        {"depth": 100, "bottleneck": True},
        *({"depth": depth, "form": "imagenet"} for depth in (121, 161, 169, 201)),
    ],
)
def test_depth_counts_weighted_layers(arguments: dict[str, object]) -> None:
    with torch.device("meta"):
        assert weighted_layers(densenet(**arguments)) == arguments["depth"]  # type: ignore[arg-type]


def growth(net: Network) -> list[int]:
    """The growth rate of each stage."""
    last = [list(stage.children())[-1].get_submodule("paths.branch") for stage in net.stages]
    return [[m for m in branch.modules() if isinstance(m, nn.Conv2d)][-1].out_channels for branch in last]


@pytest.mark.parametrize(
    ("arguments", "rates"),
    [
        ({"depth": 7}, [12, 12, 12]),
        ({"depth": 7, "growth_rate": 24}, [24, 24, 24]),
        ({"depth": 7, "width": 0.5}, [6, 6, 6]),
        ({"depth": 7, "width": 2, "growth_rate": 5}, [10, 10, 10]),
        ({"depth": [1, 1], "width": [3, 5]}, [3, 5]),
        ({"depth": 121, "form": "imagenet"}, [32] * 4),
        ({"depth": 161, "form": "imagenet"}, [48] * 4),
        ({"depth": [1, 1, 1, 1], "form": "imagenet", "width": [2, 3, 4, 5]}, [2, 3, 4, 5]),
    ],
)
def test_width_is_a_factor_on_the_growth_rate_or_lists_it(arguments: dict[str, object], rates: list[int]) -> None:
    with torch.device("meta"):
        assert growth(densenet(**arguments)) == rates  # type: ignore[arg-type]


def test_dropout_follows_every_convolution_but_the_first_and_changes_no_key() -> None:
    net = densenet(**SMALL, bottleneck=True, dropout=0.2)
    for unit in net.units():
        names = [name for name, _ in unit.paths["branch"].named_children()]
        found = [names[index + 1] for index, name in enumerate(names) if name.startswith("conv")]
        assert found in (["dropout1", "dropout2"], ["dropout"])
    assert {module.p for module in net.modules() if isinstance(module, nn.Dropout)} == {0.2}
    assert not any(isinstance(module, nn.Dropout) for module in net.stem.modules())
    assert list(net.state_dict()) == list(densenet(**SMALL, bottleneck=True, dropout=None).state_dict())


def test_the_networks_for_large_images_need_29_pixels() -> None:
    net = densenet(depth=[1, 1, 1, 1], form="imagenet", growth_rate=2).eval()
    assert net(torch.randn(1, 3, 29, 29)).shape == (1, 10)
    with pytest.raises(ValueError, match="29x29 pixels or more, not 28x28"):
        net(torch.randn(1, 3, 28, 28))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 41},
            "densenet without bottlenecks can't have depth=41: depth must be 3n+4 (7, 10, 13, ...); "
            "the nearest are depth=40 and depth=43",
        ),
        (
            {"depth": 40 + 3, "bottleneck": True},
            "densenet with bottlenecks can't have depth=43: depth must be 6n+4 (10, 16, 22, ...); "
            "the nearest are depth=40 and depth=46",
        ),
        ({"depth": 120, "form": "imagenet"}, "the paper's are 121, 161, 169, 201, 264, the nearest is depth=121"),
        ({"depth": [6, 12, 24], "form": "imagenet"}, "depth=[6,12,24] must have one entry for each"),
        (
            {"depth": 121, "form": "imagenet", "bottleneck": False},
            "counts bottlenecks in depth=121: leave model.bottleneck=false out, "
            "or type units per stage, depth=[6,12,24,16]",
        ),
        ({"form": "svhn"}, "form must be cifar or imagenet, not 'svhn'; type model.form=cifar"),
        ({"growth_rate": 0}, "growth_rate must be a whole number of 1 or more, such as growth_rate=12, not 0"),
        ({"growth_rate": 2.5}, "growth_rate must be a whole number"),
        ({"growth_rate": 12, "width": [8, 8, 8]}, "width=[8, 8, 8] lists the growth rate of each stage"),
        ({"width": [8, 8]}, "width=[8,8] must have one entry for each of the 3 stages"),
        ({"width": 0}, "width must be a positive factor"),
        ({"bottleneck": "yes"}, "bottleneck must be true or false, not 'yes'; type model.bottleneck=true"),
        ({"bottleneck": 1}, "bottleneck must be true or false, not 1"),
        ({"compression": 0}, "compression must be a number above 0, up to 1 (off), such as model.compression=0.5"),
        ({"compression": 1.5}, "not 1.5"),
        ({"compression": True}, "not True"),
        ({"compression": "0.5"}, "not '0.5'"),
        ({"dropout": 1.0}, "dropout must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number"),
        ({"in_channels": 0}, "in_channels must be a whole number"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        densenet(**{"depth": 7, **arguments})  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
