"""A locally connected network and its convolutional twin."""

import pytest
import torch
from torch import nn

from depthlab.models import locally_connected
from depthlab.nn import LocallyConnected2d, Network, Sum, measure_cost, measure_receptive_field


def build(**arguments: object) -> Network:
    given = {"image_size": 8, "depth": 5, "width": 0.25, **arguments}
    return locally_connected(**given)  # type: ignore[arg-type]


def layers(net: Network) -> list[LocallyConnected2d | nn.Conv2d]:
    return [module for module in net.modules() if isinstance(module, LocallyConnected2d | nn.Conv2d)]


@pytest.mark.parametrize("size", [8, 9])
def test_twins_have_the_same_shapes_costs_and_receptive_field(size: int) -> None:
    with torch.device("meta"):
        local, shared = (build(image_size=size, depth=8, sharing=sharing) for sharing in (False, True))
    assert measure_receptive_field(local) == measure_receptive_field(shared) == (25, 25)
    image = (3, size, size)
    assert measure_cost(local, image).multiply_adds == measure_cost(shared, image).multiply_adds
    for one, other in zip(layers(local), layers(shared), strict=True):
        assert isinstance(one, LocallyConnected2d)
        assert isinstance(other, nn.Conv2d)
        assert one.weight.shape[2:] == other.weight.shape
        assert (one.kernel_size, one.stride, (one.padding,) * 2) == (other.kernel_size, other.stride, other.padding)
    rest = [[name for name in net.state_dict() if "layer" not in name] for net in (local, shared)]
    assert rest[0] == rest[1]


def test_with_the_twins_weights_at_every_position_it_computes_what_the_twin_computes() -> None:
    local, shared = build(), build(sharing=True)
    state = shared.state_dict()
    for name, parameter in local.named_parameters():
        if "layer" in name:
            state[name] = state[name].expand_as(parameter)
    local.load_state_dict(state)
    x = torch.randn(4, 3, 8, 8)
    torch.testing.assert_close(local(x), shared(x), rtol=1e-4, atol=1e-5)


def test_parameters_are_the_closed_form() -> None:
    local, shared = (build(sharing=sharing, width=1, in_channels=1) for sharing in (False, True))
    connections = [(64, 1, 16), (64, 16, 16), (16, 16, 32), (4, 32, 64)]  # positions, channels in and out
    rest = 2 * (16 + 16 + 32 + 64) + 64 * 10 + 10  # batch norm and the head
    assert measure_cost(local, (1, 8, 8)).parameters == sum(9 * p * c * d for p, c, d in connections) + rest == 305_034
    assert measure_cost(shared, (1, 8, 8)).parameters == sum(9 * c * d for _, c, d in connections) + rest == 26_394


@pytest.mark.parametrize(("depth", "counts"), [(5, [1, 1, 1]), (8, [2, 2, 2]), ([1, 3], [1, 3])])
def test_depth_counts_the_stem_the_units_and_the_head(depth: int | list[int], counts: list[int]) -> None:
    net = build(depth=depth)
    assert [len(list(stage.children())) for stage in net.stages] == counts
    assert all(isinstance(unit, Sum) and list(unit.paths) == ["branch"] for unit in net.units())
    assert len(layers(net)) + 1 == sum(counts) + 2
    assert [layer.stride[0] for layer in layers(net)].count(2) == len(counts) - 1


@pytest.mark.parametrize("sharing", [False, True])
def test_width_gives_each_stage_its_channels(sharing: bool) -> None:
    assert [layer.out_channels for layer in layers(build(width=0.5, sharing=sharing))] == [8, 8, 16, 32]
    assert [layer.out_channels for layer in layers(build(width=[3, 5, 4], sharing=sharing))] == [3, 3, 5, 4]


def test_dropout_stands_before_every_layer_but_the_first_and_changes_no_key() -> None:
    net = build(dropout=0.3)
    assert all(unit.get_submodule("paths.branch.dropout").p == 0.3 for unit in net.units())
    assert net.head.get_submodule("dropout").p == 0.3
    assert len([module for module in net.modules() if isinstance(module, nn.Dropout)]) == 4
    assert list(net.state_dict()) == list(build().state_dict())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 6},
            "locally_connected can't have depth=6: depth must be 3n+2 (5, 8, 11, ...); the nearest are",
        ),
        ({"depth": [1, 0]}, "depth as a list must hold units per stage"),
        ({"width": [16, 32]}, "width=[16,32] must have one entry for each of the 3 stages"),
        ({"sharing": "yes"}, "sharing must be true or false, not 'yes'; type model.sharing=true"),
        ({"image_size": -8}, "image_size must be a whole number of 1 or more, such as image_size=32, not -8"),
        ({"dropout": 2}, "dropout must be a number from 0 (off) to below 1"),
        ({"in_channels": 0}, "in_channels must be a whole number of 1 or more"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sharing", [False, True])
def test_images_of_another_size_are_refused(sharing: bool) -> None:
    with pytest.raises(ValueError, match=r"built with image_size=8.* it takes images of 8x8 pixels, not 32x32$"):
        build(sharing=sharing)(torch.randn(2, 3, 32, 32))
