"""AlexNet: towers, normalization, overlapping pooling, hidden layers."""

import pytest
import torch
from torch import nn

from depthlab.models import alexnet
from depthlab.nn import GridPool, LocalResponseNorm, Sum
from tests.models.structure import convolutions, on_meta


def linears(net: nn.Module) -> list[tuple[int, int]]:
    return [(module.in_features, module.out_features) for module in net.modules() if isinstance(module, nn.Linear)]


@pytest.mark.parametrize(
    ("form", "first", "reads", "hidden"),
    [("cifar", ((5, 5), (1, 1)), 4, 1024), ("imagenet", ((11, 11), (4, 4)), 36, 4096)],
)
def test_five_convolutions_and_three_linear_layers(
    form: str, first: tuple[tuple[int, int], tuple[int, int]], reads: int, hidden: int
) -> None:
    net = on_meta(lambda: alexnet(form=form, num_classes=7))
    layers = convolutions(net)
    assert [conv.out_channels for conv in layers] == [96, 256, 384, 384, 256]
    assert (layers[0].kernel_size, layers[0].stride) == first
    assert [conv.kernel_size[0] for conv in layers[1:]] == [5, 3, 3, 3]
    assert all(conv.bias is not None and (conv.stride == (1, 1) or conv is layers[0]) for conv in layers)
    assert linears(net) == [(256 * reads, hidden), (hidden, hidden), (hidden, 7)]
    assert all(isinstance(unit, Sum) and list(unit.paths) == ["branch"] for unit in net.units())


@pytest.mark.parametrize(("towers", "groups"), [(1, [1, 1, 1, 1, 1]), (2, [1, 2, 1, 2, 2]), (4, [1, 4, 1, 4, 4])])
def test_towers_meet_at_the_image_and_in_the_third_convolution(towers: int, groups: list[int]) -> None:
    assert [conv.groups for conv in convolutions(on_meta(lambda: alexnet(towers=towers)))] == groups


@pytest.mark.parametrize(
    ("form", "image", "sides"),
    [("imagenet", 224, [55, 27, 13, 13, 13]), ("imagenet", 63, [15, 7, 3, 3, 3]), ("cifar", 32, [32, 16, 8, 8, 8]),
     ("cifar", 28, [28, 14, 7, 7, 7]), ("cifar", 8, [8, 4, 2, 2, 2]), ("cifar", 1, [1] * 5)],
)  # fmt: skip
def test_overlapping_pooling_stands_between_stages(form: str, image: int, sides: list[int]) -> None:
    with torch.device("meta"):
        net = alexnet(form=form)
        x, found = torch.empty(1, 3, image, image), []
        for unit in net.units():
            x = unit(x)
            found.append(x.shape[-1])
        assert net.head(x).shape == (1, 10)
    assert found == sides
    pools = [module for module in net.modules() if isinstance(module, nn.MaxPool2d)]
    assert [(pool.kernel_size, pool.stride) for pool in pools] == [(3, 2)] * 3


def test_at_the_papers_size_the_linear_layers_read_the_features_themselves() -> None:
    with torch.device("meta"):
        head = alexnet(form="imagenet").head
        pooled = head.get_submodule("pool")(torch.empty(1, 256, 13, 13))
    grid = head.get_submodule("grid")
    assert isinstance(grid, GridPool)
    assert grid(pooled) is pooled


def test_normalization_with_the_papers_constants_follows_the_first_two_relus() -> None:
    units = list(on_meta(alexnet).units())
    names = [[name for name, _ in unit.paths["branch"].named_children()] for unit in units]
    assert names == [["conv", "relu", "norm"]] * 2 + [["conv", "relu"]] * 3
    norms = [module for unit in units for module in unit.modules() if isinstance(module, LocalResponseNorm)]
    assert [(norm.neighbors, norm.k, norm.alpha, norm.beta) for norm in norms] == [(5, 2.0, 1e-4, 0.75)] * 2
    without = on_meta(lambda: alexnet(lrn=False))
    assert not any(isinstance(module, LocalResponseNorm) for module in without.modules())
    assert list(without.state_dict()) == list(on_meta(alexnet).state_dict())


def test_depth_as_a_list_adds_3x3_convolutions_to_the_stages() -> None:
    net = on_meta(lambda: alexnet(depth=[2, 1, 2]))
    assert [len(list(stage.children())) for stage in net.stages] == [2, 1, 2]
    layers = [(conv.kernel_size[0], conv.out_channels, conv.groups) for conv in convolutions(net)]
    assert layers == [(5, 96, 1), (3, 96, 2), (5, 256, 2), (3, 384, 1), (3, 256, 2)]
    norms = [any(isinstance(m, LocalResponseNorm) for m in unit.modules()) for unit in net.units()]
    assert norms == [False, True, True, False, False]


def test_width_as_a_factor_takes_hidden_features_along_and_as_a_list_leaves_them() -> None:
    net = on_meta(lambda: alexnet(width=0.125))
    assert [conv.out_channels for conv in convolutions(net)] == [12, 32, 48, 48, 32]
    assert linears(net) == [(128, 128), (128, 128), (128, 10)]
    listed = on_meta(lambda: alexnet(width=[8, 10, 12, 14, 16]))
    assert [conv.out_channels for conv in convolutions(listed)] == [8, 10, 12, 14, 16]
    assert linears(listed) == [(64, 1024), (1024, 1024), (1024, 10)]
    assert linears(on_meta(lambda: alexnet(width=0.125, hidden=50))) == [(128, 50), (50, 50), (50, 10)]


def test_dropout_follows_the_hidden_layers_and_changes_no_key() -> None:
    net = on_meta(lambda: alexnet(dropout=0.5))
    names = [name for name, _ in net.head.named_children()]
    expected = ["linear1", "relu1", "dropout1", "linear2", "relu2", "dropout2", "linear"]
    assert names == ["pool", "grid", "flatten", *expected]
    assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.5, 0.5]
    assert list(net.state_dict()) == list(on_meta(alexnet).state_dict())
    assert not any(isinstance(m, nn.Dropout) for m in on_meta(lambda: alexnet(dropout=None)).modules())


def test_other_sizes_than_the_papers_are_averaged_to_its_grid() -> None:
    with torch.device("meta"):
        net = alexnet(form="imagenet", width=0.0625)
        assert net(torch.empty(2, 3, 63, 224)).shape == (2, 10)
        with pytest.raises(ValueError, match="takes images of 63x63 pixels or more"):
            net(torch.empty(2, 3, 62, 224))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 20},
            "alexnet can't have depth=20: the paper's are 8, the nearest is depth=8; any other takes",
        ),
        ({"depth": [1, 4]}, "alexnet has 3 stages: depth=[1,4] must have one entry for each"),
        ({"depth": [1, 1, 0]}, "depth as a list must hold units per stage, such as depth=[1,1,3]"),
        ({"depth": "8"}, "depth must be a whole number, such as depth=8"),
        ({"width": [96, 256, 384]}, "width=[96,256,384] must have one entry for each of the 5 convolutions"),
        ({"width": [96, 256, 384, 384, 0]}, "must hold channels per convolution, such as width=[96,256,384,384,256]"),
        ({"width": -1}, "or a list of channels per convolution, such as width=[96,256,384,384,256], not -1"),
        ({"width": [96, 256, 384, 383, 256]}, "towers=2 must divide the channels of every convolution, not 383"),
        ({"towers": 0}, "towers must be a whole number of 1 or more, such as towers=2, not 0"),
        ({"form": "tiny"}, "form must be cifar or imagenet, not 'tiny'"),
        ({"lrn": None}, "lrn must be true or false, not None"),
        ({"hidden": 0}, "hidden must be a whole number of 1 or more, such as hidden=1024, not 0"),
        ({"dropout": -1}, "dropout must be a number from 0 (off) to below 1"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        alexnet(**arguments)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
