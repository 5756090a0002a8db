"""The receptive field that is read from the structure is the one that gradients reach."""

import pytest
import torch
from torch import nn

from depthlab.nn import (
    Concat,
    GridPool,
    LocallyConnected2d,
    Network,
    PadSkip,
    Parallel,
    Product,
    ReceptiveField,
    Sum,
    measure_receptive_field,
    sequential,
    trace_receptive_fields,
)


def network(*units: Parallel, stem: nn.Sequential | None = None) -> Network:
    return Network(stem=stem or nn.Sequential(), stages=[units], head=nn.Sequential(nn.Flatten()))


def conv(kernel_size: int | tuple[int, int], *, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(1, 1, kernel_size, stride=stride, dilation=dilation, bias=False)


def reached(net: Network, size: int) -> tuple[int, int]:
    """Return the height and width of the pixels that the feature in the middle depends on."""
    net = net.double()
    for parameter in net.parameters():
        nn.init.ones_(parameter)
    image = torch.zeros(1, 1, size, size, dtype=torch.double, requires_grad=True)
    x = net.stem(image)
    for unit in net.units():
        x = unit(x)
    x[0, :, x.shape[2] // 2, x.shape[3] // 2].sum().backward()
    assert image.grad is not None
    rows, columns = image.grad[0, 0].nonzero(as_tuple=True)
    return int(rows.max() - rows.min() + 1), int(columns.max() - columns.min() + 1)


def same(kernel_size: int) -> nn.Conv2d:
    return nn.Conv2d(1, 1, kernel_size, padding=kernel_size // 2, bias=False)


CASES = {
    "one": lambda: network(Sum({"branch": conv(3)})),
    "two 3x3 are one 5x5": lambda: network(Sum({"branch": conv(3)}), Sum({"branch": conv(3)})),
    "strides": lambda: network(Sum({"branch": conv(3, stride=2)}), Sum({"branch": conv(3)}), Sum({"branch": conv(2)})),
    "dilation": lambda: network(Sum({"branch": nn.Sequential(conv(3, dilation=3), conv(3))})),
    "weights of each place": lambda: network(Sum({"branch": LocallyConnected2d(1, 1, input_size=64, kernel_size=3)})),
    "height and width": lambda: network(Sum({"branch": nn.Sequential(conv((1, 7)), conv((3, 1)))})),
    "the longest path": lambda: network(
        Sum({"skip": nn.Identity(), "branch": same(5)}), Concat({"a": same(3), "b": nn.Identity()})
    ),
    "what paths share": lambda: network(
        Sum({"skip": PadSkip(extra=0, stride=2), "branch": nn.AvgPool2d(1, stride=2)}, before=same(3), after=same(3))
    ),
    "stem and pooling": lambda: network(
        Sum({"branch": conv(3)}), stem=nn.Sequential(conv(7, stride=2), nn.AvgPool2d(3, stride=2))
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_what_gradients_reach(case: str) -> None:
    net = CASES[case]()
    assert measure_receptive_field(net) == reached(net, 64)


def test_pooling_may_be_dilated() -> None:
    net = network(Sum({"branch": nn.Sequential(conv(3), nn.MaxPool2d(2, stride=1, dilation=4))}))
    assert measure_receptive_field(net) == (7, 7)  # a maximum of equals has a gradient at one of them alone


def test_a_linear_layer_before_the_head_is_refused() -> None:
    with pytest.raises(ValueError, match="a linear layer sees the whole image"):
        measure_receptive_field(network(Sum({"branch": nn.Linear(4, 4)})))


def test_every_layer_has_its_own() -> None:
    net = Network(
        stem=sequential(conv=same(3)),
        stages=[
            [Sum({"skip": nn.Identity(), "branch": sequential(a=same(5), b=nn.ReLU())})],
            [Sum({"branch": same(3)})],
        ],
        head=sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(1, 2)),
    )
    found = trace_receptive_fields(net)
    fields = {name: one.size for name, one in found.items() if not name.endswith(("before", "after"))}
    assert fields == {
        "stem.conv": (3, 3),
        "stem": (3, 3),
        "stages.0.0.paths.skip": (3, 3),
        "stages.0.0.paths.branch.a": (7, 7),
        "stages.0.0.paths.branch.b": (7, 7),
        "stages.0.0.paths.branch": (7, 7),
        "stages.0.0": (7, 7),
        "stages.0": (7, 7),
        "stages.1.0.paths.branch": (9, 9),
        "stages.1.0": (9, 9),
        "stages.1": (9, 9),
        "head.pool": None,
        "head.flatten": None,
        "head.linear": None,
        "head": None,
    }


def test_steps_are_the_strides_so_far() -> None:
    net = network(Sum({"branch": sequential(a=conv(3, stride=2), b=nn.MaxPool2d((1, 2)), c=conv(3))}))
    steps = {name[-1]: one.stride for name, one in trace_receptive_fields(net).items() if ".branch." in name}
    assert steps == {"a": (2, 2), "b": (2, 4), "c": (2, 4)}
    assert trace_receptive_fields(net)["stages.0.0"] == ReceptiveField((7, 13), (2, 4))


def test_a_gate_that_averages_over_all_pixels_is_left_out_beside_what_it_weighs() -> None:
    gate = sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(1, 1))
    net = network(Product({"value": same(3), "gate": gate}))
    assert measure_receptive_field(net) == (3, 3)
    assert trace_receptive_fields(net)["stages.0.0.paths.gate"].size is None


def test_what_depends_on_the_size_of_the_image_is_not_told() -> None:
    net = Network(
        stem=nn.Sequential(),
        stages=[[Sum({"branch": same(3)})]],
        head=sequential(pool=GridPool(2), flatten=nn.Flatten(), linear=nn.Linear(4, 2)),
    )
    found = trace_receptive_fields(net)
    assert "head.pool" not in found and "head.flatten" not in found and found["head.linear"].size is None
