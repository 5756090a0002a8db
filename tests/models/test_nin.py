"""Network in network: mlpconvs, pooling between stages, and a head without a linear layer."""

import pytest
import torch
from torch import nn

from depthlab.models import nin
from depthlab.nn import Sum
from tests.models.structure import convolutions, on_meta


@pytest.mark.parametrize(
    ("form", "depth", "counts"),
    [
        ("cifar", 9, [1, 1, 1]),
        ("cifar", 18, [2, 2, 2]),
        ("cifar", [1, 3, 2], [1, 3, 2]),
        ("imagenet", 12, [1, 1, 1, 1]),
        ("imagenet", 24, [2, 2, 2, 2]),
    ],
)
def test_depth_counts_convolutions_and_a_list_mlpconvs(form: str, depth: int | list[int], counts: list[int]) -> None:
    net = on_meta(lambda: nin(depth=depth, form=form))
    assert [len(list(stage.children())) for stage in net.stages] == counts
    assert len(convolutions(net)) == (depth if isinstance(depth, int) else 3 * sum(counts))
    assert not any(isinstance(module, nn.Linear) for module in net.modules())


def test_an_mlpconv_is_a_convolution_and_two_1x1s_of_which_the_head_has_the_last() -> None:
    net = on_meta(lambda: nin(depth=18))
    units = list(net.units())
    assert all(isinstance(unit, Sum) and list(unit.paths) == ["branch"] for unit in units)
    kernels = [[conv.kernel_size[0] for conv in convolutions(unit)] for unit in units]
    assert kernels == [[5, 1, 1], [5, 1, 1], [5, 1, 1], [5, 1, 1], [3, 1, 1], [3, 1]]
    assert [(conv.kernel_size, conv.out_channels) for conv in convolutions(net.head)] == [((1, 1), 10)]


def test_the_released_channels() -> None:
    shapes = [(conv.in_channels, conv.out_channels) for conv in convolutions(on_meta(lambda: nin(depth=9)))]
    first = [(3, 192), (192, 160), (160, 96)]
    assert shapes == [*first, (96, 192), (192, 192), (192, 192), (192, 192), (192, 192), (192, 10)]


@pytest.mark.parametrize(
    ("width", "expected"),
    [(0.5, [96, 80, 48, 96, 96, 96, 96, 96]), ([12, 20, 30], [12, 10, 6, 20, 20, 20, 30, 30]), (0.005, [1] * 8)],
)
def test_1x1s_follow_the_width_in_proportion(width: float | list[int], expected: list[int]) -> None:
    net = on_meta(lambda: nin(depth=9, width=width))
    assert [conv.out_channels for conv in convolutions(net)] == [*expected, 10]


@pytest.mark.parametrize(
    ("form", "image", "sides"),
    [
        ("cifar", 32, [32, 16, 8]),
        ("cifar", 28, [28, 14, 7]),
        ("cifar", 9, [9, 4, 2]),
        ("imagenet", 224, [54, 27, 13, 6]),
    ],
)
def test_pooling_stands_between_stages(form: str, image: int, sides: list[int]) -> None:
    with torch.device("meta"):
        net = nin(depth=9 if form == "cifar" else 12, form=form, width=0.1)
        x, found = torch.empty(1, 3, image, image), []
        for unit in net.units():
            x = unit(x)
            found.append(x.shape[-1])
    assert found == sides


def test_the_released_network_pools_by_maximum_and_then_by_mean() -> None:
    net = on_meta(lambda: nin(depth=18))
    befores = [[type(layer) for layer in unit.before.modules()][1:] for unit in net.units()]
    assert befores == [[], [], [nn.MaxPool2d], [], [nn.AvgPool2d], []]


@pytest.mark.parametrize(("form", "dropped"), [("cifar", [1, 2]), ("imagenet", [3])])
def test_dropout_follows_the_pooling_and_changes_no_key(form: str, dropped: list[int]) -> None:
    depth = 9 if form == "cifar" else 12
    net = on_meta(lambda: nin(depth=depth, form=form, dropout=0.5))
    rates = {
        index: module.p
        for index, unit in enumerate(net.units())
        for module in unit.before.modules()
        if isinstance(module, nn.Dropout)
    }
    assert rates == dict.fromkeys(dropped, 0.5)
    assert list(net.state_dict()) == list(on_meta(lambda: nin(depth=depth, form=form)).state_dict())
    assert not any(isinstance(module, nn.Dropout) for module in on_meta(lambda: nin(depth=9, dropout=None)).modules())


def test_a_logit_is_the_mean_of_its_classes_map() -> None:
    net = nin(depth=9, width=0.1, num_classes=4)
    features = torch.randn(3, net.head.get_submodule("conv").in_channels, 2, 5)
    maps = net.head.get_submodule("conv")(features)
    torch.testing.assert_close(net.head(features), maps.mean(dim=(2, 3)))


def test_batch_norm_follows_every_convolution_but_the_heads_which_has_no_bias_then() -> None:
    net = on_meta(lambda: nin(depth=9, batch_norm=True))
    *inner, head = convolutions(net)
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    assert [norm.num_features for norm in norms] == [conv.out_channels for conv in inner]
    assert all(conv.bias is None for conv in inner)
    assert head.bias is not None
    assert all(conv.bias is not None for conv in convolutions(on_meta(lambda: nin(depth=9))))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 20},
            "nin can't have depth=20: depth must be 9n (9, 18, 27, ...); the nearest are depth=18 and",
        ),
        ({"depth": 9, "form": "imagenet"}, "nin of form=imagenet can't have depth=9: depth must be 12n"),
        ({"depth": [1, 1]}, "nin has 3 stages: depth=[1,1] must have one entry for each"),
        ({"depth": [1, 1, 1], "form": "imagenet"}, "nin of form=imagenet has 4 stages: depth=[1,1,1]"),
        ({"depth": [1, 0, 1]}, "depth as a list must hold units per stage, such as depth=[3,3,3]"),
        ({"width": [192, 192]}, "width=[192,192] must have one entry for each of the 3 stages"),
        ({"width": 0}, "width must be a positive factor"),
        ({"form": "mnist"}, "form must be cifar or imagenet, not 'mnist'; type model.form=cifar"),
        ({"batch_norm": 1}, "batch_norm must be true or false, not 1"),
        ({"dropout": 1.0}, "dropout must be a number from 0 (off) to below 1"),
        ({"num_classes": 0}, "num_classes must be a whole number of 1 or more"),
        ({"in_channels": "3"}, "in_channels must be a whole number of 1 or more"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        nin(**{"depth": 9, **arguments})  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("form", "depth", "least"), [("cifar", 9, 4), ("imagenet", 12, 39)])
def test_images_that_are_too_small_are_refused(form: str, depth: int, least: int) -> None:
    with torch.device("meta"):
        net = nin(depth=depth, form=form, width=0.05)
        assert net(torch.empty(1, 3, least, least)).shape == (1, 10)
        with pytest.raises(ValueError, match=f"takes images of {least}x{least} pixels or more"):
            net(torch.empty(1, 3, least - 1, least))
