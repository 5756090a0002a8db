"""Kinds of normalization, which differ in the features over which mean and variance are taken.

    batch   over the images and pixels of each channel (Ioffe & Szegedy 2015, arXiv 1502.03167)
    group   over the pixels and the channels of a group, image by image (Wu & He 2018, arXiv 1803.08494): 32 groups, as
            there, or the largest smaller number that divides the channels and leaves each group 8 or more
    layer   over the channels of each pixel (Ba et al. 2016, arXiv 1607.06450; for images as in Liu et al. 2022, arXiv
            2201.03545)
    lrn     local response normalization (Krizhevsky et al. 2012, sec. 3.3), see `LocalResponseNorm`
    none    no normalization

The first three scale and shift each channel afterwards, so the layer before them needs no bias.
"""

from typing import final

from torch import Tensor, nn
from torch.nn import functional

from depthlab.nn.response_norm import LocalResponseNorm

NORMALIZATIONS = ("batch", "group", "layer", "lrn", "none")
SHIFTING_KINDS = ("batch", "group", "layer")  # a bias before these does nothing
MOST_GROUPS = 32
LEAST_CHANNELS = 8  # of a group


@final
class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of each pixel. Maps (N, C, H, W) or (N, C) to the same shape."""

    def forward(self, x: Tensor) -> Tensor:
        y = functional.layer_norm(x.movedim(1, -1), self.normalized_shape, self.weight, self.bias, self.eps)
        return y.movedim(-1, 1)


def build_normalization(kind: str, channels: int, *, eps: float, maps: bool) -> nn.Module:
    """Return a normalization of maps (N, C, H, W) or, if not `maps`, of features (N, C).

    Raises `ValueError` where the kind can't be applied.
    """
    if kind == "batch":
        return nn.BatchNorm2d(channels, eps=eps) if maps else nn.BatchNorm1d(channels, eps=eps)
    if kind == "lrn":
        if not maps:
            raise ValueError(
                "parts.normalization=lrn is for maps of channels, not for the features of a linear layer: "
                "type parts.normalization=batch, group, layer or none"
            )
        return LocalResponseNorm()
    if channels == 1:
        raise ValueError(
            f"parts.normalization={kind} sets a single channel to 0: type a larger width, or parts.normalization=batch"
        )
    return nn.GroupNorm(group_count(channels), channels, eps=eps) if kind == "group" else ChannelNorm(channels, eps=eps)


def group_count(channels: int) -> int:
    """Return the number of groups: the largest up to 32 that divides the channels and leaves 8 or more in each."""
    most = max(1, min(MOST_GROUPS, channels // LEAST_CHANNELS))
    return max(groups for groups in range(1, most + 1) if channels % groups == 0)
