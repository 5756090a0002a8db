"""Kinds of normalization: over which features mean and variance are taken."""

import pytest
import torch
from torch import nn

from depthlab.nn import ChannelNorm, LocalResponseNorm
from depthlab.nn.parts import group_count
from depthlab.nn.parts.normalizations import build_normalization


@pytest.mark.parametrize(("kind", "axes"), [("batch", (0, 2, 3)), ("layer", (1,))])
def test_mean_0_and_variance_1_over_its_axes(kind: str, axes: tuple[int, ...]) -> None:
    y = build_normalization(kind, 16, eps=1e-5, maps=True)(3 + 5 * torch.randn(6, 16, 5, 5))
    torch.testing.assert_close(y.mean(axes), torch.zeros_like(y.mean(axes)), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var(axes, unbiased=False), torch.ones_like(y.mean(axes)), atol=1e-3, rtol=0)


def test_groups_have_mean_0_and_variance_1_in_each_image() -> None:
    y = build_normalization("group", 24, eps=1e-5, maps=True)(3 + 5 * torch.randn(6, 24, 5, 5)).unflatten(1, (3, 8))
    torch.testing.assert_close(y.mean((2, 3, 4)), torch.zeros(6, 3), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var((2, 3, 4), unbiased=False), torch.ones(6, 3), atol=1e-3, rtol=0)


@pytest.mark.parametrize("channels", [1, 7, 8, 12, 16, 24, 28, 64, 100, 256, 512, 1000])
def test_groups_divide_the_channels_into_up_to_32_of_8_or_more(channels: int) -> None:
    groups = group_count(channels)
    assert channels % groups == 0
    assert groups == 1 or (groups <= 32 and channels // groups >= 8)
    larger = range(groups + 1, 33)
    assert not any(channels % more == 0 and channels // more >= 8 for more in larger)


def test_wide_layers_have_the_papers_32_groups() -> None:
    assert [group_count(channels) for channels in (256, 512, 1024)] == [32, 32, 32]


@pytest.mark.parametrize("kind", ["group", "layer"])
def test_an_image_is_normalized_alone_in_training_too(kind: str) -> None:
    norm, x = build_normalization(kind, 16, eps=1e-5, maps=True).train(), torch.randn(4, 16, 3, 3)
    torch.testing.assert_close(torch.cat([norm(image[None]) for image in x]), norm(x))


def test_channel_norm_is_layer_norm_of_each_pixel_in_any_layout() -> None:
    norm, x = ChannelNorm(6), torch.randn(2, 6, 4, 5)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    pixel = nn.functional.layer_norm(x[1, :, 2, 3], (6,), norm.weight, norm.bias)
    torch.testing.assert_close(norm(x)[1, :, 2, 3], pixel)
    torch.testing.assert_close(norm(x.contiguous(memory_format=torch.channels_last)), norm(x))


@pytest.mark.parametrize(("kind", "maps"), [("batch", True), ("batch", False), ("group", False), ("layer", False)])
def test_each_scales_and_shifts_every_channel(kind: str, maps: bool) -> None:
    norm = build_normalization(kind, 16, eps=1e-3, maps=maps)
    assert [tuple(p.shape) for p in norm.parameters()] == [(16,), (16,)]
    assert norm(torch.randn((4, 16, 3, 3) if maps else (4, 16))).shape[1] == 16
    assert norm.eps == 1e-3


def test_lrn_is_the_papers() -> None:
    norm = build_normalization("lrn", 16, eps=1e-5, maps=True)
    assert isinstance(norm, LocalResponseNorm)
    assert (norm.k, norm.alpha, norm.beta, norm.neighbors) == (2.0, 1e-4, 0.75, 5)
    with pytest.raises(ValueError, match="lrn is for maps of channels, not for the features of a linear layer"):
        build_normalization("lrn", 16, eps=1e-5, maps=False)


@pytest.mark.parametrize("kind", ["group", "layer"])
def test_what_would_make_nothing_of_a_channel_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=f"parts.normalization={kind} sets a single channel to 0: type a larger width"):
        build_normalization(kind, 1, eps=1e-5, maps=True)
