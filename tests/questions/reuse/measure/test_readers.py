"""What reads a feature map, held against what the layers do."""

import torch
from torch import nn

from depthlab.models import preresnet
from depthlab.nn import Network
from depthlab.questions.reuse.measure.readers import reader_of


def trained_norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels).eval()
    chance = torch.Generator().manual_seed(0)
    assert norm.running_var is not None
    with torch.no_grad():
        norm.weight.copy_(torch.randn(channels, generator=chance))
        norm.running_var.copy_(torch.rand(channels, generator=chance) + 0.5)
    return norm


def test_scales_are_what_the_normalization_multiplies_by() -> None:
    norm = trained_norm(4)
    reader = reader_of(nn.Sequential(norm, nn.ReLU(), nn.Conv2d(4, 2, 3)))
    assert reader is not None and reader.norm is norm
    zero, one = torch.zeros(1, 4, 1, 1), torch.ones(1, 4, 1, 1)
    slope = (norm(one) - norm(zero)).flatten().abs()
    assert torch.allclose(reader.scales(4), slope, rtol=1e-5)
    assert torch.equal(reader.factors(4), norm.weight.detach().abs())
    assert torch.equal(reader.scales(3), torch.ones(3)), "of other channels it is not the normalization"


def test_the_normalization_in_front_of_the_layer_counts_and_none_behind_it() -> None:
    first, last = nn.BatchNorm2d(4), nn.BatchNorm2d(4)
    reader = reader_of(first, nn.Sequential(nn.ReLU(), last), nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4))
    assert reader is not None and reader.norm is last
    bare = reader_of(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4))
    assert bare is not None and bare.norm is None and torch.equal(bare.scales(4), torch.ones(4))
    assert reader_of(nn.ReLU(), nn.BatchNorm2d(4)) is None


def test_positions_are_averaged_before_the_head_alone() -> None:
    net: Network = preresnet(depth=8)
    head, branch = reader_of(net.head), reader_of(next(iter(net.units())).paths["branch"])
    assert head is not None and head.pooled and isinstance(head.layer, nn.Linear)
    assert branch is not None and not branch.pooled and isinstance(branch.layer, nn.Conv2d)


def test_weights_are_in_rows_by_the_channel_that_they_read() -> None:
    grouped, flat = nn.Conv2d(4, 6, 3, groups=2, bias=False), nn.Linear(8, 3)
    rows = {name: reader_of(layer) for name, layer in (("grouped", grouped), ("flat", flat))}
    assert rows["grouped"] is not None and rows["flat"] is not None
    for channel, row in enumerate(rows["grouped"].weights(4)):
        x = torch.zeros(1, 4, 3, 3)
        x[0, channel] = 1
        assert torch.allclose(grouped(x).sum(), row.sum(), atol=1e-6) and len(row) == 3 * 9
    assert torch.equal(rows["flat"].weights(4)[1], flat.weight.detach().T[2:4].flatten())
