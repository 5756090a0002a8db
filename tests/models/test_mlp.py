"""The multilayer perceptron: its layers, and that it knows nothing of images."""

import pytest
import torch
from torch import nn

from depthlab.models import mlp
from depthlab.nn import Network, Sum


def build(**arguments: object) -> Network:
    given = {"image_size": 8, "depth": 4, "width": [20, 30, 40], **arguments}
    return mlp(**given)  # type: ignore[arg-type]


def linears(net: nn.Module) -> list[tuple[int, int]]:
    return [(module.in_features, module.out_features) for module in net.modules() if isinstance(module, nn.Linear)]


@pytest.mark.parametrize(("depth", "counts"), [(2, []), (3, [1]), (6, [4]), ([2], [2]), ([1, 2], [1, 2])])
def test_depth_counts_linear_layers_and_a_list_the_hidden_ones_after_the_first(
    depth: int | list[int], counts: list[int]
) -> None:
    net = build(depth=depth, width=0.0625)
    assert [len(list(stage.children())) for stage in net.stages] == counts
    assert linears(net) == [(192, 32), *[(32, 32)] * sum(counts), (32, 10)]
    assert all(isinstance(unit, Sum) and list(unit.paths) == ["branch"] for unit in net.units())
    assert net(torch.randn(2, 3, 8, 8)).shape == (2, 10)


def test_width_multiplies_512_features_or_lists_each_hidden_layers() -> None:
    assert linears(build()) == [(192, 20), (20, 30), (30, 40), (40, 10)]
    assert linears(build(width=1)) == [(192, 512), (512, 512), (512, 512), (512, 10)]
    assert linears(build(width=0.5, in_channels=1, num_classes=3, depth=2)) == [(64, 256), (256, 3)]


def test_permuted_pixels_permute_the_first_layers_weights_and_change_nothing_else() -> None:
    net, x, order = build().eval(), torch.randn(4, 3, 8, 8), torch.randperm(3 * 8 * 8)
    expected = net(x)
    with torch.no_grad():
        weight = net.stem.get_parameter("linear.weight")
        weight.copy_(weight[:, order])
    torch.testing.assert_close(net(x.flatten(1)[:, order].view_as(x)), expected)


def test_without_batch_norm_linear_layers_have_a_bias() -> None:
    def biases(net: Network) -> list[bool]:
        return [module.bias is not None for module in net.modules() if isinstance(module, nn.Linear)]

    assert biases(build()) == [False, False, False, True]
    assert biases(build(batch_norm=False)) == [True] * 4
    assert not any(isinstance(module, nn.BatchNorm1d) for module in build(batch_norm=False).modules())


def test_dropout_stands_before_every_layer_but_the_first_and_changes_no_key() -> None:
    net = build(dropout=0.4)
    assert all(unit.get_submodule("paths.branch.dropout").p == 0.4 for unit in net.units())
    assert net.head.get_submodule("dropout").p == 0.4
    assert len([module for module in net.modules() if isinstance(module, nn.Dropout)]) == 3
    assert list(net.state_dict()) == list(build().state_dict())
    assert not any(isinstance(module, nn.Dropout) for module in build(dropout=None).modules())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 1}, "mlp can't have depth=1: depth must be 2 (one hidden layer) or more; the nearest is depth=2"),
        ({"depth": -3}, "mlp can't have depth=-3"),
        ({"depth": True}, "depth must be a whole number, such as depth=5, or a list of units per stage"),
        ({"depth": 2.0}, "depth must be a whole number"),
        ({"depth": []}, "depth as a list must hold units per stage, such as depth=[3]"),
        ({"width": [512]}, "width=[512] must have one entry for each of the 3 hidden layers"),
        (
            {"width": 0},
            "width must be a positive factor, such as width=1 or width=0.5",
        ),
        ({"image_size": 0}, "image_size must be a whole number of 1 or more, such as image_size=32, not 0"),
        ({"image_size": 8.0}, "image_size must be a whole number"),
        ({"batch_norm": "yes"}, "batch_norm must be true or false, not 'yes'"),
        ({"dropout": 1}, "dropout must be a number from 0 (off) to below 1"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_needs_the_size_of_the_images_and_takes_no_other() -> None:
    with pytest.raises(TypeError, match="image_size"):
        mlp(depth=4)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match=r"built with image_size=8.* it takes images of 8x8 pixels, not 28x28$"):
        build()(torch.randn(2, 3, 28, 28))
