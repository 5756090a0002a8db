"""Kinds of convolution: what each costs by its closed form, what it sees, and what it is equal to."""

from math import ceil

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import ChannelShuffle, measure_cost
from depthlab.nn.parts import CONVOLUTIONS, ConvolutionShape, build_convolution


def shape(
    c: int = 8, d: int = 12, *, k: int = 3, stride: int = 1, groups: int = 1, bias: bool = False
) -> ConvolutionShape:
    return ConvolutionShape(c, d, (k, k), stride=(stride, stride), padding=(k // 2, k // 2), groups=groups, bias=bias)


def closed_form(
    kind: str, c: int, d: int, k: int, groups: int, rows: int, columns: int, stride: int
) -> tuple[int, int]:
    """Return weights and multiply-adds on an image of so many rows and columns, added up by hand."""
    high, wide = ceil(rows / stride), ceil(columns / stride)
    weights = {
        "standard": k * k * c * d,
        "grouped": k * k * c * d // groups,
        "shuffled": k * k * c * d // groups,
        "separable": k * k * c + c * d,
        "dilated": k * k * c * d,
        "asymmetric": k * c * d + k * d * d,
    }[kind]
    if kind == "asymmetric":  # the columns are convolved before the rows stride
        return weights, k * c * d * high * columns + k * d * d * high * wide
    return weights, weights * high * wide


@pytest.mark.parametrize("kind", CONVOLUTIONS)
@pytest.mark.parametrize(("c", "d", "k", "stride"), [(8, 12, 3, 1), (8, 16, 3, 2), (12, 4, 5, 1), (4, 4, 7, 2)])
def test_a_kind_costs_what_its_closed_form_says(kind: str, c: int, d: int, k: int, stride: int) -> None:
    layer = build_convolution(kind, shape(c, d, k=k, stride=stride), groups=4, dilation=3)
    cost = measure_cost(layer, (c, 9, 14))
    assert (cost.parameters, cost.multiply_adds) == closed_form(kind, c, d, k, 4, 9, 14, stride)


@pytest.mark.parametrize("kind", CONVOLUTIONS)
@pytest.mark.parametrize("stride", [1, 2])
def test_a_kind_puts_out_what_the_standard_one_does_and_has_one_bias(kind: str, stride: int) -> None:
    x = torch.randn(2, 8, 7, 10)
    layer = build_convolution(kind, shape(stride=stride, bias=True))
    assert layer(x).shape == shape(stride=stride).build()(x).shape == (2, 12, ceil(7 / stride), ceil(10 / stride))
    assert [tuple(p.shape) for name, p in layer.named_parameters() if name.endswith("bias")] == [(12,)]


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_without_padding_a_kind_puts_out_as_much_too(kind: str) -> None:
    narrow = ConvolutionShape(4, 4, (3, 3), stride=(2, 2))
    assert (
        build_convolution(kind, narrow)(torch.randn(1, 4, 9, 9)).shape == narrow.build()(torch.randn(1, 4, 9, 9)).shape
    )


def seen(layer: nn.Module, channels: int) -> Tensor:
    """Return which pixels of 15 x 15 the middle feature of a layer sees, as ones."""
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 1.0)
    x = torch.zeros(1, channels, 15, 15, requires_grad=True)
    layer(x)[0, 0, 7, 7].backward()
    assert x.grad is not None
    return (x.grad[0].abs().sum(dim=0) > 0).long()


@pytest.mark.parametrize("kind", ["standard", "grouped", "shuffled", "separable", "asymmetric"])
@pytest.mark.parametrize("k", [3, 5])
def test_a_kind_sees_all_of_k_by_k_pixels(kind: str, k: int) -> None:
    expected = torch.zeros(15, 15, dtype=torch.long)
    expected[7 - k // 2 : 8 + k // 2, 7 - k // 2 : 8 + k // 2] = 1
    assert torch.equal(seen(build_convolution(kind, shape(k=k)), 8), expected)


@pytest.mark.parametrize("factor", [2, 3])
def test_a_dilated_convolution_sees_every_so_many_pixels(factor: int) -> None:
    expected = torch.zeros(15, 15, dtype=torch.long)
    expected[7 - factor : 8 + factor : factor, 7 - factor : 8 + factor : factor] = 1
    assert torch.equal(seen(build_convolution("dilated", shape(), dilation=factor), 8), expected)


def test_a_separable_convolution_is_the_standard_one_of_its_two_factors() -> None:
    layer, full = shape(bias=True).separable(), shape(bias=True).build()
    depthwise, pointwise = layer.get_submodule("depthwise"), layer.get_submodule("pointwise")
    with torch.no_grad():
        full.weight.copy_(torch.einsum("oc,chw->ochw", pointwise.weight[:, :, 0, 0], depthwise.weight[:, 0]))
        full.bias.copy_(pointwise.bias)
    x = torch.randn(2, 8, 6, 6)
    torch.testing.assert_close(layer(x), full(x))
    assert (depthwise.groups, pointwise.kernel_size) == (8, (1, 1))


def test_an_asymmetric_convolution_is_the_standard_one_of_its_two_factors() -> None:
    layer, full = shape(c=3, d=5).asymmetric(), shape(c=3, d=5).build()
    column, row = layer.get_submodule("column"), layer.get_submodule("row")
    with torch.no_grad():
        full.weight.copy_(torch.einsum("omw,mch->ochw", row.weight[:, :, 0], column.weight[:, :, :, 0]))
    x = torch.randn(2, 3, 6, 7)
    torch.testing.assert_close(layer(x), full(x))


def test_what_is_one_pixel_wide_stays_as_it_is() -> None:
    row = ConvolutionShape(4, 4, (1, 7), padding=(0, 3))
    assert isinstance(build_convolution("asymmetric", row), nn.Conv2d)


def reads(layers: nn.Module, channels: int) -> Tensor:
    """Return which channels each channel that is put out depends on, (out, in)."""
    x = torch.randn(1, channels, 1, 1, requires_grad=True)
    rows = [torch.autograd.grad(y, x, retain_graph=True)[0].flatten() != 0 for y in layers(x).flatten()]
    return torch.stack(rows)


def test_groups_stay_apart_and_shuffling_mixes_them() -> None:
    grouped = nn.Sequential(*(build_convolution("grouped", shape(16, 16), groups=4) for _ in range(3)))
    shuffled = nn.Sequential(*(build_convolution("shuffled", shape(16, 16), groups=4) for _ in range(2)))
    assert torch.equal(reads(grouped, 16), torch.block_diag(*[torch.ones(4, 4)] * 4).bool())
    assert reads(shuffled, 16).all()


def test_a_shuffle_deals_out_channels_as_cards() -> None:
    x = torch.arange(6.0).view(1, 6, 1, 1)
    assert ChannelShuffle(2)(x).flatten().tolist() == [0, 3, 1, 4, 2, 5]
    assert torch.equal(ChannelShuffle(3)(ChannelShuffle(2)(x)), x)


def test_a_standard_convolution_has_no_groups_of_the_family() -> None:
    assert build_convolution("standard", shape(8, 8, groups=4)).groups == 1
    assert build_convolution("dilated", shape(8, 8, groups=4)).groups == 4


@pytest.mark.parametrize(
    ("c", "d", "groups", "said"),
    [
        (8, 12, 3, "3 groups must divide the 8 and 12 channels of a convolution: these can have 2, 4; type parts.gro"),
        (8, 12, 8, "type parts.groups=4, or another width"),
        (7, 12, 4, "no number does; change width"),
    ],
)
def test_groups_that_leave_a_rest_are_refused(c: int, d: int, groups: int, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        build_convolution("shuffled", shape(c, d), groups=groups)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
