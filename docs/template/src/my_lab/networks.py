"""A model of our own: residual units that all have the same width."""

from torch import nn

from depthlab.nn import Network, Sum, sequential


def funnel(*, depth: int, width: float = 1, num_classes: int = 10, in_channels: int = 3) -> Network:
    """Map images (N, in_channels, H, W) to logits (N, num_classes); depth counts layers. Raises `ValueError`."""
    if not isinstance(depth, int) or depth < 3:
        raise ValueError(f"funnel can't have depth={depth}: a whole number of 3 or more, such as depth=6")
    channels = round(16 * width)
    stem = sequential(conv=nn.Conv2d(in_channels, channels, 3, padding=1))
    units = [Sum({"skip": nn.Identity(), "branch": _branch(channels)}) for _ in range(depth - 2)]
    head = sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(channels, num_classes))
    return Network(stem=stem, stages=[units], head=head)


def _branch(channels: int) -> nn.Sequential:
    conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    return sequential(conv=conv, norm=nn.BatchNorm2d(channels), activation=nn.ReLU())
