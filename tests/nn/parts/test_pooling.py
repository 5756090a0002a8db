"""What halves H and W: pooling, strides, or nothing."""

import pytest
import torch

from depthlab.nn import LayerFactory, PoolingWindow


@pytest.mark.parametrize(("kind", "stride", "value"), [("max", 1, 6.0), ("average", 1, 3.5)])
def test_pooling_takes_the_place_of_a_stride(kind: str, stride: int, value: float) -> None:
    downsampling = LayerFactory("net", {"pool": kind}).downsampling("strided")
    assert downsampling.stride == stride
    y = downsampling.layer["pool"](torch.tensor([[[[1.0, 2.0], [5.0, 6.0]]]]))
    assert y.item() == value


@pytest.mark.parametrize(("kind", "stride"), [("strided", 2), ("none", 1)])
def test_a_stride_takes_the_place_of_pooling_and_none_of_both(kind: str, stride: int) -> None:
    downsampling = LayerFactory("net", {"pool": kind}).downsampling("max")
    assert (downsampling.layer, downsampling.pool, downsampling.stride) == ({}, None, stride)


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_as_many_pixels_are_left_as_a_stride_leaves(kind: str, size: int) -> None:
    for window in (PoolingWindow(2, ceil_mode=True), PoolingWindow(3, padding=1)):
        pool = window.pool(kind)
        assert pool(torch.ones(1, 1, size, size)).shape[-1] == -(-size // 2)
        assert torch.equal(pool(torch.ones(1, 1, size, size)).unique(), torch.ones(1))  # zeros around don't count


def test_the_family_has_its_own_unless_told() -> None:
    assert type(LayerFactory("net", None).downsampling("max").pool).__name__ == "MaxPool2d"
    assert type(LayerFactory("net", {"pool": None}).downsampling("average").pool).__name__ == "AvgPool2d"
