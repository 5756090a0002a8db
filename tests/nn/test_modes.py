"""Evaluation mode for a while."""

import pytest
from torch import nn

from depthlab.nn import evaluating


def test_every_module_gets_its_own_mode_back() -> None:
    net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.BatchNorm2d(3))).train()
    net[1].eval()
    modes = [module.training for module in net.modules()]
    with evaluating(net):
        assert not any(module.training for module in net.modules())
    assert [module.training for module in net.modules()] == modes == [True, True, False, False]


def test_modes_come_back_after_an_error() -> None:
    net = nn.Sequential(nn.Dropout()).train()
    with pytest.raises(KeyError), evaluating(net):
        raise KeyError
    assert all(module.training for module in net.modules())
