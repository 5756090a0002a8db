"""Networks begin alike where names, shapes and values of their parameters are the same."""

import torch
from torch import nn

from depthlab.measures.initial_weights import weights_digest
from depthlab.models import plain, resnet


def begun(make, seed: int = 0, **settings) -> str:
    torch.manual_seed(seed)
    return weights_digest(make(depth=8, **settings))


def test_twins_are_known_by_their_weights() -> None:
    assert begun(resnet) == begun(resnet) == begun(plain), "a skip without parameters changes nothing"
    assert begun(resnet) == begun(resnet, drop_path=0.5) == begun(resnet, dropout=0.5)
    assert len({begun(resnet), begun(resnet, seed=1), begun(resnet, width=2), begun(resnet, shortcut="C")}) == 4


def test_the_statistics_of_batch_norm_are_no_weights_and_one_number_is() -> None:
    net = resnet(depth=8)
    before = weights_digest(net)
    net(torch.randn(4, 3, 8, 8))
    assert weights_digest(net) == before and len(before) == 16
    next(iter(net.parameters())).data[0, 0, 0, 0] += 1e-3
    assert weights_digest(net) != before


def test_shapes_count() -> None:
    assert weights_digest(nn.Linear(2, 3, bias=False)) != weights_digest(nn.Linear(3, 2, bias=False))
