"""Unshared convolutions against convolutions, and against the sum that defines them."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import Cost, LocallyConnected2d, Network, Sum, initialize, measure_cost, measure_receptive_field

SHAPES = pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding"), [(6, 3, 1, 1), (7, 3, 2, 1), (6, 5, 1, 0), (5, 2, 2, 0), (4, 1, 1, 0)]
)


def twins(size: int, kernel: int, stride: int, padding: int, *, bias: bool) -> tuple[LocallyConnected2d, nn.Conv2d]:
    """Return a layer that has the weights of a convolution at every position, and that convolution."""
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 4, kernel, stride=stride, padding=padding, bias=bias).double()
    local = LocallyConnected2d(3, 4, input_size=size, kernel_size=kernel, stride=stride, padding=padding, bias=bias)
    local = local.double()
    with torch.no_grad():
        local.weight.copy_(conv.weight.expand_as(local.weight))
        if local.bias is not None and conv.bias is not None:
            local.bias.copy_(conv.bias[:, None, None].expand_as(local.bias))
    return local, conv


@SHAPES
@pytest.mark.parametrize("bias", [False, True])
def test_equal_weights_at_all_positions_make_a_convolution(
    size: int, kernel: int, stride: int, padding: int, bias: bool
) -> None:
    local, conv = twins(size, kernel, stride, padding, bias=bias)
    x = torch.randn(2, 3, size, size, dtype=torch.float64, requires_grad=True)
    twin_x = x.detach().clone().requires_grad_()
    y, expected = local(x), conv(twin_x)
    torch.testing.assert_close(y, expected)
    gradient = torch.randn_like(y)
    y.backward(gradient)
    expected.backward(gradient)
    torch.testing.assert_close(x.grad, twin_x.grad)
    assert local.weight.grad is not None
    torch.testing.assert_close(local.weight.grad.sum(dim=(0, 1)), conv.weight.grad)
    if local.bias is not None and conv.bias is not None:
        assert local.bias.grad is not None
        torch.testing.assert_close(local.bias.grad.sum(dim=(1, 2)), conv.bias.grad)


def test_every_position_multiplies_its_patch_by_its_own_weights() -> None:
    local = LocallyConnected2d(2, 3, input_size=5, kernel_size=3, stride=2, padding=1, bias=True)
    x = torch.randn(2, 2, 5, 5)
    y, padded = local(x), nn.functional.pad(x, (1, 1, 1, 1))
    assert local.bias is not None
    for i in range(3):
        for j in range(3):
            patch = padded[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3].flatten(1)
            expected = patch @ local.weight[i, j].flatten(1).T + local.bias[:, i, j]
            torch.testing.assert_close(y[:, :, i, j], expected)


def test_a_position_sees_its_patch_and_no_other_pixel() -> None:
    local = LocallyConnected2d(1, 1, input_size=6, kernel_size=3, padding=1)
    x = torch.randn(1, 1, 6, 6, requires_grad=True)
    local(x)[0, 0, 2, 4].backward()
    assert x.grad is not None
    assert x.grad.nonzero()[:, 2:].tolist() == [[i, j] for i in (1, 2, 3) for j in (3, 4, 5)]


@SHAPES
def test_costs_are_the_convolutions_multiply_adds_and_its_weights_at_each_position(
    size: int, kernel: int, stride: int, padding: int
) -> None:
    local, conv = twins(size, kernel, stride, padding, bias=False)
    positions, weights = local.output_size**2, 3 * 4 * kernel**2
    assert measure_cost(local.float(), (3, size, size)) == Cost(positions * weights, positions * weights)
    assert measure_cost(conv.float(), (3, size, size)) == Cost(weights, positions * weights)


def test_its_receptive_field_is_the_convolutions() -> None:
    def field(layers: list[nn.Module]) -> tuple[int, int]:
        stem, *units = layers
        stages = [[Sum({"branch": unit}) for unit in units]]
        return measure_receptive_field(Network(stem=nn.Sequential(stem), stages=stages, head=nn.Sequential()))

    local = [LocallyConnected2d(1, 1, input_size=s, kernel_size=k, stride=2) for s, k in ((15, 3), (7, 5))]
    assert field([*local]) == field([nn.Conv2d(1, 1, 3, stride=2), nn.Conv2d(1, 1, 5, stride=2)]) == (11, 11)


@pytest.mark.parametrize(("fan", "channels"), [("out", 128), ("in", 16)])
def test_weights_start_as_those_of_the_convolution(fan: str, channels: int) -> None:
    torch.manual_seed(0)
    local = LocallyConnected2d(16, 128, input_size=4, kernel_size=3, bias=True)
    initialize(local, fan=fan)  # type: ignore[arg-type]
    std = math.sqrt(2 / (9 * channels))
    assert abs(local.weight.std().item() - std) < 5 * std / math.sqrt(local.weight.numel())
    assert local.bias is not None
    assert local.bias.count_nonzero() == 0


def test_by_itself_it_starts_uniform_as_a_convolution_does() -> None:
    local = LocallyConnected2d(4, 64, input_size=5, kernel_size=5, bias=True)
    assert 0.099 < local.weight.abs().max() <= 0.1
    assert local.bias is not None
    assert 0.05 < local.bias.abs().max() <= 0.1


def test_memory_formats_and_copies_compute_the_same() -> None:
    local = LocallyConnected2d(3, 4, input_size=5, kernel_size=3, padding=1, bias=True)
    x = torch.randn(2, 3, 5, 5)
    y = local(x)
    again = LocallyConnected2d(3, 4, input_size=5, kernel_size=3, padding=1, bias=True)
    again.load_state_dict(local.state_dict())
    again.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    assert all(p.is_contiguous() for p in again.parameters())
    torch.testing.assert_close(again(x.contiguous(memory_format=torch.channels_last)), y)
    assert torch.equal(copy.deepcopy(local)(x), y)


def test_it_runs_without_memory_and_in_bf16() -> None:
    local = LocallyConnected2d(3, 4, input_size=5, kernel_size=3, padding=1)
    x = torch.randn(2, 3, 5, 5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y: Tensor = local(x)
    assert y.dtype == torch.bfloat16
    torch.testing.assert_close(y.float(), local(x), rtol=0.05, atol=0.05)
    y.float().sum().backward()
    assert local.weight.grad is not None
    assert local.weight.grad.dtype == torch.float32
    assert local.to("meta")(x.to("meta")).shape == (2, 4, 5, 5)
